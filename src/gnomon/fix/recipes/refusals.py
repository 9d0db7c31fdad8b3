"""Generated tests of style `wire`: a pickle of somebody without the key is not delivered, and the socket goes on."""

from gnomon.core.patch import Section
from gnomon.fix.messages import TESTS_SUMMARY
from gnomon.fix.modules import imported
from gnomon.fix.recipes.contexts import Generated
from gnomon.fix.recipes.scene import Scene

_ASKS = {"PULL": "PUSH", "SUB": "PUB", "REP": "REQ", "ROUTER": "DEALER", "PAIR": "PAIR", "DEALER": "DEALER", "REQ": "REP"}
"""For a type that receives, one that speaks with it."""


def refusal_test(scene: Scene, generated: Generated, path: str) -> tuple[Section, ...]:
    """The test of the type that loads in the target, over real sockets."""
    kinds = [
        kind
        for end in scene.channel.ends
        if any(operation.kind == "receive" for operation in end.operations)
        for kind in end.types
        if kind in _ASKS
    ]
    if not kinds:
        return ()
    kind = kinds[0]
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
    """Who has no key is turned away, and the socket can still be used."""
    plain: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    with Context(keys=KeyRing.of([Key.new()]), codec={generated.codec}) as context:
        receiver = context.socket(zmq.{kind})
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
    return (Section(path=path, name=f"stranger {generated.suffix}".strip(), summary=TESTS_SUMMARY, imports=lines, body=body),)
