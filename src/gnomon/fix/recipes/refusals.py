"""Generated tests of style `wire`: a pickle of somebody without the key is not delivered, and the socket goes on."""

from gnomon.core.patch import Section
from gnomon.fix.messages import TESTS_SUMMARY
from gnomon.fix.modules import imported
from gnomon.fix.recipes.contexts import Generated
from gnomon.fix.recipes.scene import Scene

_ASKS = {"PULL": "PUSH", "ROUTER": "DEALER", "REP": "REQ", "SUB": "PUB", "PAIR": "PAIR", "DEALER": "DEALER"}
"""For a type that receives first, one that speaks with it; those that servers have come first."""


def refusal_test(scene: Scene, generated: Generated, path: str) -> tuple[Section, ...]:
    """The test of the type that loads in the target, over real sockets."""
    kinds = {kind for end in scene.channel.ends for kind in end.types}
    kind = next((each for each in _ASKS if each in kinds), None)
    if kind is None:
        return ()
    subscribes = '\n        receiver.subscribe(b"")' if kind == "SUB" else ""
    source = imported(path, generated.path, generated.codec, scene.sources)
    suffix = f"_{generated.suffix}" if generated.suffix else ""
    body = f'''_called: list[str] = []


def _note(word: str) -> None:
    _called.append(word)


class _Marker:
    """Says so if somebody unpickles it, and does nothing else."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _note, ("unpickled",)


def test_a_pickle_of_a_stranger_is_not_delivered{suffix}() -> None:
    """Who has no key is turned away: nothing of it is unpickled, or even counted."""
    plain: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    with Context(keys=KeyRing.of([Key.new()]), codec={generated.codec}) as context:
        receiver = context.socket(zmq.{kind}){subscribes}
        endpoint = receiver.bind("tcp://127.0.0.1:*")
        stranger = plain.socket(zmq.{_ASKS[kind]})
        stranger.linger = 0
        stranger.sndtimeo = 1_000
        stranger.connect(endpoint)
        with contextlib.suppress(zmq.Again):
            stranger.send(pickle.dumps(_Marker()))

        delivered = receiver.poll(1_000)
        refused = sum(receiver.stats.refused.values())

    plain.destroy(linger=0)
    assert (delivered, refused, _called) == (0, 0, [])
'''
    lines = (
        "import contextlib",
        "import pickle",
        "import zmq",
        "from gnomon.wire import Context, Key, KeyRing",
        f"from {source.module} import {source.name}",
    )
    return (
        Section(
            path=path, name=f"stranger {generated.suffix}".strip(), summary=TESTS_SUMMARY, imports=lines, body=body
        ),
    )
