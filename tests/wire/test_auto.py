"""Mode `auto`: what is chosen follows from this end's types alone, is seen, and never sends contents in clear."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, NewType, TypedDict

import msgspec
import numpy as np
import pytest
import zmq
from numpy.typing import NDArray

from gnomon.wire import asyncio as wire_asyncio
from gnomon.wire import key_files
from gnomon.wire import zmq as drop_in
from gnomon.wire.codec import Codec, LateCodec
from gnomon.wire.context import Context
from gnomon.wire.errors import KeyMissing, KeyWrong, WireError
from gnomon.wire.hooks import Hook
from gnomon.wire.key_files import ring_from_folder, save_key
from gnomon.wire.keys import CurvePair, Key, KeyRing, written
from gnomon.wire.tokens import TokenIds

ENCRYPTS = Key.new("aes-256-gcm")
RING = KeyRing(keys=(ENCRYPTS,))
Weights = NewType("Weights", np.ndarray)


@dataclass
class Command:
    """Nothing large."""

    verb: str


@dataclass
class Batch:
    """An array, one level down."""

    frames: list[NDArray[np.float32]]


class Step(msgspec.Struct):
    """A record with a record."""

    number: int
    batch: Batch | Command | None = None


class Pair(NamedTuple):
    """An array beside what is none."""

    name: str
    values: np.ndarray


class Maybe(TypedDict, total=False):
    """A key that may be missing."""

    mask: NDArray[np.bool_]


@dataclass
class Tree:
    """A record within itself."""

    children: "list[Tree]"
    weights: Annotated[Weights | None, msgspec.Meta(description="at the leaves")] = None


class Picture:
    """A class that is sent as something else."""


@dataclass
class Shown:
    """One of those."""

    picture: Picture


@dataclass
class Request:
    """Large at times, but no array is declared."""

    prompt: Annotated[list[int], TokenIds]
    view: Annotated[Sequence[int], TokenIds]
    image: bytes
    raw: bytearray
    part: memoryview
    score: np.float32
    extra: dict[str, Any]
    more: list
    any: Any = None


@pytest.mark.parametrize(
    ("types", "array"),
    [
        ((np.ndarray,), "ndarray"),
        ((Batch,), "Batch.frames[]"),
        ((Command, Request, Step), "Step.batch.frames[]"),
        ((Pair, Batch), "Pair.values"),
        ((Maybe,), "Maybe['mask']"),
        ((Tree,), "Tree.weights"),
        ((dict[str, tuple[int, Weights]],), "dict[str, tuple[int, tests.wire.test_auto.Weights]][][1]"),
    ],
)
def test_a_declared_array_is_sealed(types, array):
    """However deep it is; the first one is told by its path."""
    codec = Codec(*types)

    assert codec.array == array
    with Context(mode="auto", keys=RING, codec=codec) as context:
        assert context.mode == "sealed"


@pytest.mark.parametrize("codec", [Codec(Command), Codec(Request), Codec(np.float64, int), Codec(), None])
def test_what_is_not_declared_as_an_array_goes_by_curve(codec):
    """Token ids, bytes, single numbers, and plain values, though these may be arrays: also with a key that only signs.

    For plain values it is what a context without a mode does.
    """
    with Context(mode="auto", keys=KeyRing(keys=(Key.new(),)), codec=codec) as context:
        assert context.mode == "curve"


@pytest.mark.parametrize(("wire", "mode"), [(bytes, "curve"), (NDArray[np.uint8], "sealed")])
def test_a_hook_counts_as_what_it_sends(wire, mode):
    """Whatever its class is."""
    hook = Hook(cls=Picture, wire=wire, lower=lambda picture: b"", lift=lambda sent: Picture())

    with Context(mode="auto", keys=RING, codec=Codec(Shown, hooks=[hook])) as context:
        assert context.mode == mode


def test_late_types_are_asked_for_when_the_context_is_made():
    """Their error is raised there; a context of another mode leaves them alone."""

    def types():
        raise ImportError("partially initialized module")

    with Context(mode="curve", keys=RING, codec=LateCodec(types)):
        pass
    with pytest.raises(ImportError, match="partially initialized"):
        Context(mode="auto", keys=RING, codec=LateCodec(types))
    with Context(mode="auto", keys=RING, codec=LateCodec(lambda: (Batch,))) as context:
        assert context.mode == "sealed"


@pytest.mark.parametrize("mode", ["curve", "sealed", "local"])
def test_a_mode_that_is_named_is_the_mode(open_context, mode, caplog):
    """And nothing is said of it."""
    caplog.set_level(logging.INFO)

    assert open_context(mode, codec=Codec(Batch)).mode == mode
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        (Codec(Step), "here mode 'auto' chose 'sealed', since Step.batch.frames[] is an array or tensor"),
        (Codec(Command), "here mode 'auto' chose 'curve', since no type of the codec declares an array or tensor"),
    ],
)
def test_the_choice_is_logged_once(open_context, caplog, codec, words):
    """When the context is made, whatever is done with it."""
    caplog.set_level(logging.INFO)
    context = open_context("auto", keys=RING, codec=codec)
    pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    push.connect(pull.bind("tcp://127.0.0.1:*"))
    push.send_obj(Command("go") if codec.array == "" else Step(1), timeout_s=10)
    pull.recv_obj(timeout_s=10)

    assert caplog.messages == [words]
    assert repr(pull) == f"<gnomon.wire PULL {context.mode}>"


@pytest.mark.parametrize("named", [False, True], ids=["both auto", "one named"])
@pytest.mark.parametrize("message", [Command("go"), Batch([np.arange(3, dtype=np.float32)])], ids=["curve", "sealed"])
def test_ends_with_the_same_types_speak(open_context, message, named):
    """Each having chosen for itself; who names the mode that the other one chose is in the same."""
    here = open_context("auto", keys=RING, codec=Codec(type(message)))
    there = open_context(here.mode if named else "auto", keys=RING, codec=Codec(type(message)))
    server, client = here.socket(zmq.REP), there.socket(zmq.REQ)
    client.connect(server.bind("tcp://127.0.0.1:*"))

    client.send_obj(message, timeout_s=10)
    received = server.recv_from(timeout_s=10)
    server.send_obj(received.obj)

    assert repr(client.recv_obj(timeout_s=10)) == repr(message)
    assert received.key_id == (ENCRYPTS.id.hex() if here.mode == "sealed" else "")


OTHER = r"is in another mode.*; here mode 'auto' chose '{}', since {}"
CHOSEN = {
    Batch: OTHER.format("sealed", r"Batch\.frames\[\] is an array or tensor$"),
    Command: OTHER.format("curve", "no type of the codec declares an array or tensor$"),
}


def _parted(open_context, binds, connects, kinds, made):
    """Two sockets whose contexts chose differently, connected as far as they can be."""
    ends = (open_context("auto", keys=RING, codec=Codec(each), made=made) for each in (binds, connects))
    server, client = (context.socket(kind) for context, kind in zip(ends, kinds, strict=True))
    client.connect(server.bind("tcp://127.0.0.1:*"))
    return server, client


@pytest.mark.parametrize("kinds", [(zmq.PULL, zmq.PUSH), (zmq.PUSH, zmq.PULL), (zmq.REP, zmq.REQ)])
@pytest.mark.parametrize(("binds", "connects"), [(Batch, Command), (Command, Batch)])
def test_ends_with_other_types_are_told_within_ten_seconds(open_context, caplog, binds, connects, kinds):
    """Which mode was chosen here and for which field; the end that binds counts a stranger, and nothing was sent."""
    server, client = _parted(open_context, binds, connects, kinds, Context)
    began = time.monotonic()

    with pytest.raises(KeyWrong, match=CHOSEN[connects]):
        client.recv_obj(timeout_s=10) if kinds[1] == zmq.PULL else client.send_obj(connects([]), timeout_s=10)

    assert time.monotonic() - began < 10
    deadline = time.monotonic() + 5
    while not server.stats.strangers and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.stats.strangers
    assert (server.stats.connections, server.stats.received) == (0, 0)
    assert "turned a connection away" in caplog.text


@pytest.mark.parametrize("kinds", [(zmq.PULL, zmq.PUSH), (zmq.PUSH, zmq.PULL)])
@pytest.mark.parametrize(("binds", "connects"), [(Batch, Command), (Command, Batch)])
def test_asyncio_ends_with_other_types_are_told_so_too(open_context, binds, connects, kinds):
    """In the task that waits."""

    async def run():
        _server, client = _parted(open_context, binds, connects, kinds, wire_asyncio.Context)
        async with asyncio.timeout(10):
            await (client.recv_obj() if kinds[1] == zmq.PULL else client.send_obj(connects([])))

    with pytest.raises(KeyWrong, match=CHOSEN[connects]):
        asyncio.run(run())


NOT_SECRET = [
    ((Key.new(),), "is for aes-256-gmac, which does not encrypt"),
    ((Key.new("hmac-sha256"),), "is for hmac-sha256, which does not encrypt"),
    # which of them is in force is the clock's affair: one to come, one that is over, one that another one has followed
    ((ENCRYPTS, Key.new(seals_from=int(time.time()) + 1_000)), "is for aes-256-gmac"),
    ((ENCRYPTS, msgspec.structs.replace(Key.new(), accepted_until=1)), "is for aes-256-gmac"),
    ((Key.new(), Key.new("aes-256-gcm", seals_from=1)), "is for aes-256-gmac"),
]
CAN_NOT_SEAL = [((), "there is no shared key"), ((CurvePair.new(), CurvePair.new().public), "CURVE pairs can't seal")]


@pytest.mark.parametrize("reads", [False, True], ids=["ring", "function"])
@pytest.mark.parametrize(("keys", "words"), NOT_SECRET + CAN_NOT_SEAL)
def test_what_would_be_in_clear_is_refused_where_sealed_is_chosen(keys, words, reads):
    """Before there is a socket, with the field that made it so and what to type. For curve the same keys will do."""
    ring = KeyRing.of(keys)

    with pytest.raises(KeyMissing, match=rf"Batch\.frames\[\].*{words}") as caught:
        Context(mode="auto", keys=(lambda: ring) if reads else ring, codec=Codec(Batch))

    assert "gnomon keys new --suite aes-256-gcm" in str(caught.value)
    assert f"say mode='{'curve' if (keys, words) in CAN_NOT_SEAL else 'sealed'}'" in str(caught.value)
    with Context(mode="auto", keys=ring, codec=Codec(Command)) as context:
        assert context.mode == "curve"


def test_a_pair_beside_a_key_that_encrypts_is_no_hindrance():
    """It is not used."""
    with Context(mode="auto", keys=KeyRing.of((CurvePair.new(), ENCRYPTS)), codec=Codec(Batch)) as context:
        assert context.mode == "sealed"


def test_keys_that_do_not_encrypt_are_not_taken_later_either(open_context, tmp_path, caplog):
    """As if the folder could not be read: an error for who asks, a line in the log otherwise, and the old keys stay."""
    save_key(ENCRYPTS, tmp_path / "keys")
    context = open_context("auto", keys=lambda: ring_from_folder(tmp_path / "keys"), codec=Codec(Batch))
    pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    push.connect(pull.bind("tcp://127.0.0.1:*"))
    clear = Key.new(seals_from=1)
    path = save_key(clear, tmp_path / "keys")

    with pytest.raises(KeyMissing, match=f"key {clear.id.hex()} is for aes-256-gmac"):
        context.reload_keys()
    assert not context._settings.keys.look(after_s=0)
    assert "the keys can't be read again, those from before are used: here mode 'auto' chose" in caplog.text
    push.send_obj(Batch([]), timeout_s=10)
    assert pull.recv_from(timeout_s=10).key_id == ENCRYPTS.id.hex()

    path.unlink()
    later = Key.new("aes-256-gcm", seals_from=1)
    save_key(later, tmp_path / "keys")
    assert context.reload_keys()
    push.send_obj(Batch([]), timeout_s=10)
    assert pull.recv_from(timeout_s=10).key_id == later.id.hex()


@pytest.mark.parametrize("made", [Context, wire_asyncio.Context, drop_in.Context, drop_in.asyncio.Context])
@pytest.mark.parametrize("single", [False, True], ids=["Context", "instance"])
def test_each_context_chooses_with_the_keys_of_the_environment(monkeypatch, made, single):
    """The process's one, too, and those under pyzmq's names."""
    monkeypatch.setattr(key_files, "_READ", [])
    monkeypatch.setattr(made, "_instance", None)
    monkeypatch.setenv("GNOMON_KEYS", written(ENCRYPTS))
    context = made.instance if single else made

    for message, mode in ((Batch, "sealed"), (Command, "curve")):
        with context(mode="auto", codec=Codec(message)) as chosen:
            assert chosen.mode == mode
    monkeypatch.setenv("GNOMON_KEYS", written(Key.new()))
    with pytest.raises(KeyMissing, match="aes-256-gmac"):
        context(mode="auto", codec=Codec(Batch))


def test_topics_are_not_shown_where_all_was_to_be_secret(open_context):
    """No seal encrypts a topic, so there are none in `auto`'s mode sealed; without them PUB and SUB go on."""
    context = open_context("auto", keys=RING, codec=Codec(Batch))
    pub, sub = context.socket(zmq.PUB), context.socket(zmq.SUB)
    shown = r"Batch\.frames\[\].*shows topics: say mode='sealed'"
    for use in (
        lambda: sub.subscribe("load"),
        lambda: sub.setsockopt(zmq.SUBSCRIBE, b"load"),
        lambda: pub.send_obj(Batch([]), topic=b"load"),
    ):
        with pytest.raises(WireError, match=shown):
            use()
    with pytest.raises(WireError, match=shown):
        asyncio.run(_published(open_context("auto", keys=RING, codec=Codec(Batch), made=wire_asyncio.Context)))

    sub.subscribe("")
    sub.connect(pub.bind("tcp://127.0.0.1:*"))
    assert _heard(pub, sub, Batch([])) == Batch([])


async def _published(context):
    await context.socket(zmq.PUB).send_obj(Batch([]), topic=b"load")


@pytest.mark.parametrize(("mode", "message"), [("auto", Command("go")), ("sealed", Batch([]))])
def test_topics_are_there_otherwise(open_context, mode, message):
    """CURVE encrypts them, and who names mode sealed knows."""
    context = open_context(mode, keys=RING, codec=Codec(type(message)))
    pub, sub = context.socket(zmq.PUB), context.socket(zmq.SUB)
    sub.subscribe("load")
    sub.connect(pub.bind("tcp://127.0.0.1:*"))

    assert _heard(pub, sub, message, topic=b"load") == message


def _heard(pub, sub, message, topic=b""):
    """What the subscriber gets once it is there."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        pub.send_obj(message, topic=topic)
        if sub.poll(50):
            return sub.recv_obj(timeout_s=0)
    return None


def test_nothing_is_in_clear_on_the_way(thief):
    """To somebody in the server's place, whose greeting is let in, all but lengths and times is noise."""
    server, endpoint = thief.server(zmq.PULL, greeted=True)
    with Context(mode="auto", keys=RING, codec=Codec(Pair), linger_s=0) as context:
        push = context.socket(zmq.PUSH)
        push.connect(endpoint)
        push.send_obj(Pair("a secret name", np.full(20_000, 0x0102030405060708)), timeout_s=10)
        frames = server.recv_multipart()

    assert len(frames) == 2
    assert b"secret" not in frames[0]
    assert b"\x08\x07\x06\x05\x04\x03\x02\x01" not in frames[1]
