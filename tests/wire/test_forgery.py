"""Frames that were captured, changed or made up are not delivered, by real sockets in between."""

import dataclasses
import pickle
import time

import numpy as np
import pytest
import zmq

from gnomon.wire.codec import Codec
from gnomon.wire.errors import Timeout
from gnomon.wire.keys import Key, KeyRing
from gnomon.wire.limits import Limits

MESSAGE = {"task": "start", "weights": np.arange(20_000, dtype=np.float32)}


@dataclasses.dataclass
class Task:
    """A message."""

    number: int


def _other_task():
    @dataclasses.dataclass
    class Task:
        """Another message of the same name."""

        number: str

    Task.__qualname__ = "Task"
    return Task


def _captured(open_context, thief, sends, receives, *, greeted=False, **options):
    """What a sender sent to a thief that poses as the server."""
    taker, endpoint = thief.server(zmq.ROUTER if receives == zmq.REP else receives, greeted=greeted)
    if receives == zmq.SUB:
        taker.subscribe(b"")
        time.sleep(0.2)
    client = open_context("sealed", greeting=greeted, **options).socket(sends)
    client.connect(endpoint)
    frames = []
    deadline = time.monotonic() + 10
    while not frames and time.monotonic() < deadline:
        client.send_obj(MESSAGE, timeout_s=10)
        if taker.poll(200):
            frames = taker.recv_multipart()
        else:
            client._channel.give_up()
    assert frames
    return frames[1:] if taker.type == zmq.ROUTER else frames


def _nothing_more(server):
    with pytest.raises(Timeout):
        server.recv_obj(timeout_s=0.3)


ALL = pytest.mark.parametrize(
    ("sends", "receives"),
    [(zmq.PUSH, zmq.PULL), (zmq.PUB, zmq.SUB), (zmq.PAIR, zmq.PAIR), (zmq.REQ, zmq.REP), (zmq.DEALER, zmq.ROUTER)],
)


@ALL
@pytest.mark.parametrize("greeted", [True, False])
def test_a_captured_message_is_taken_once(open_context, thief, sends, receives, greeted):
    """The first copy arrives, as it would have; each further one is refused, with a stolen greeting as without."""
    frames = _captured(open_context, thief, sends, receives, greeted=greeted)
    server = open_context("sealed", greeting=greeted).socket(receives)
    endpoint = server.bind("tcp://127.0.0.1:*")
    if receives == zmq.SUB:
        server.subscribe("")
        server.poll(1)
    raw = zmq.DEALER if sends == zmq.REQ else sends
    replays = thief.client(raw, endpoint, greeting=thief.greetings[-1] if greeted else None)
    deadline = time.monotonic() + 10
    while not server.poll(50):
        replays.send_multipart(frames)
        assert time.monotonic() < deadline

    assert server.recv_obj(timeout_s=5)["task"] == "start"
    for _ in range(3):
        replays.send_multipart(frames)
    _nothing_more(server)
    assert server.stats.received == 1
    assert server.stats.refused["replayed"] >= 3


def _forgeries(frames):
    """(what was done, the frames) for each way to change a sealed message of several frames."""
    for index in range(len(frames)):
        for place in {0, 1, 2, 3, 5, 9, 20, 33, 45, 60, len(frames[index]) // 2, len(frames[index]) - 1}:
            if place < len(frames[index]):
                changed = bytearray(frames[index])
                changed[place] ^= 1
                yield f"frame {index} byte {place}", [*frames[:index], bytes(changed), *frames[index + 1 :]]
        yield f"frame {index} cut", [*frames[:index], frames[index][:-1], *frames[index + 1 :]]
        yield f"frame {index} longer", [*frames[:index], frames[index] + b"\0", *frames[index + 1 :]]
        yield f"frame {index} missing", [*frames[:index], *frames[index + 1 :]] or [b""]
    yield "a frame more", [*frames, b"more"]
    yield "turned around", frames[::-1]
    yield "twice", frames * 2


def _open_to(open_context, thief, sends, receives, **options):
    """(a server of mode `sealed`, a thief's socket that is connected to it), without a greeting between them."""
    server = open_context("sealed", greeting=False, **options).socket(receives)
    forger = thief.client(zmq.DEALER if sends == zmq.REQ else sends, server.bind("tcp://127.0.0.1:*"))
    if receives == zmq.SUB:
        server.subscribe("")
        deadline = time.monotonic() + 10
        while not server.stats.refused:  # until the subscription has reached the thief
            forger.send_multipart([b"", b"?"])
            server.poll(20)
            assert time.monotonic() < deadline
        server.poll(200)
        server._counts.refused.clear()
    return server, forger


@ALL
def test_every_forgery_is_refused_and_counted(open_context, thief, sends, receives):
    """A flipped bit, a frame more, less, longer or in another place: nothing arrives but what comes after it."""
    frames = _captured(open_context, thief, sends, receives)
    server, forger = _open_to(open_context, thief, sends, receives)
    around, message = frames[:-2], frames[-2:]
    forgeries = [[*around, *forged] for _, forged in _forgeries(message)]
    assert len(forgeries) > 25
    for forged in forgeries:
        forger.send_multipart(forged)
    forger.send_multipart(frames)

    received = server.recv_obj(timeout_s=5)

    assert (received["weights"] == MESSAGE["weights"]).all()
    assert sum(server.stats.refused.values()) == len(forgeries)
    _nothing_more(server)


@ALL
def test_what_is_not_sealed_is_refused_where_it_has_to_be(open_context, thief, sends, receives):
    """A message of mode `local` is no message here: nothing on the wire chooses how it is checked."""
    server, forger = _open_to(open_context, thief, sends, receives)
    around = [] if receives in {zmq.PULL, zmq.PAIR} else [b""]
    forger.send_multipart([*around, *(bytes(frame) for frame in Codec().encode("not sealed"))])
    forger.send_multipart([*around, pickle.dumps("pickled")])

    _nothing_more(server)
    assert server.stats.refused == {"unauthenticated": 2}


@ALL
@pytest.mark.parametrize(("place", "put"), [(1, 0), (1, 2), (2, 0), (2, 2), (2, 3)], ids=["v0", "v2", "s0", "s2", "s3"])
def test_a_message_can_not_be_talked_down(open_context, thief, sends, receives, place, put):
    """To another version, or another suite: the key decides, and a changed message is none."""
    frames = _captured(open_context, thief, sends, receives)
    server, forger = _open_to(open_context, thief, sends, receives)
    first = len(frames) - 2
    changed = frames[first][:place] + bytes([put]) + frames[first][place + 1 :]
    forger.send_multipart([*frames[:first], changed, *frames[first + 1 :]])

    _nothing_more(server)
    assert server.stats.refused == {"version" if place == 1 else "suite": 1}


@pytest.mark.parametrize(("sends", "receives"), [(zmq.PUSH, zmq.PULL), (zmq.PAIR, zmq.PAIR), (zmq.DEALER, zmq.ROUTER)])
def test_messages_in_another_order_come_once_each(open_context, thief, sends, receives):
    """As far as ZeroMQ itself may reorder them, over a new connection; played again they are refused."""
    taker, endpoint = thief.server(receives)
    client = open_context("sealed", greeting=False).socket(sends)
    client.connect(endpoint)
    captured = []
    for number in range(4):
        client.send_obj(number, timeout_s=10)
        assert taker.poll(5000)
        captured.append(taker.recv_multipart()[1 if receives == zmq.ROUTER else 0 :])
    server, forger = _open_to(open_context, thief, sends, receives)
    for number in (1, 3, 2, 3, 1, 2, 0):
        forger.send_multipart(captured[number])

    assert [server.recv_obj(timeout_s=5) for _ in range(3)] == [1, 3, 2]
    _nothing_more(server)
    # the first one is from before this receiver began: nobody knows whether an earlier one took it
    assert server.stats.refused == {"replayed": 3, "too-old": 1}


@pytest.mark.parametrize(("sends", "receives"), [(zmq.PUSH, zmq.PULL), (zmq.PAIR, zmq.PAIR)])
def test_without_a_window_messages_come_in_the_order_in_which_they_were_sent(open_context, thief, sends, receives):
    """What comes after a later one is refused, once or again."""
    taker, endpoint = thief.server(receives)
    client = open_context("sealed", greeting=False).socket(sends)
    client.connect(endpoint)
    captured = []
    for number in range(4):
        client.send_obj(number, timeout_s=10)
        assert taker.poll(5000)
        captured.append(taker.recv_multipart())
    server, forger = _open_to(open_context, thief, sends, receives, window=0)
    for number in (0, 2, 1, 3, 2):
        forger.send_multipart(captured[number])

    assert [server.recv_obj(timeout_s=5) for _ in range(3)] == [0, 2, 3]
    _nothing_more(server)
    assert server.stats.refused == {"too-old": 2}


def test_another_key_s_seal_is_refused(open_context, thief):
    """By its id, before anything is computed with it."""
    frames = _captured(open_context, thief, zmq.PUSH, zmq.PULL, keys=KeyRing(keys=(Key.new(),)))
    server = open_context("sealed", greeting=False).socket(zmq.PULL)
    thief.client(zmq.PUSH, server.bind("tcp://127.0.0.1:*")).send_multipart(frames)

    _nothing_more(server)
    assert server.stats.refused == {"unknown-key": 1}


def test_an_old_message_is_refused_by_a_server_that_began_anew(open_context, thief):
    """It has no memory of what came before, so a message's age bounds what it can be made to take again."""
    frames = _captured(open_context, thief, zmq.PUSH, zmq.PULL)
    time.sleep(1.2)
    server = open_context("sealed", greeting=False, max_age_s=1).socket(zmq.PULL)
    thief.client(zmq.PUSH, server.bind("tcp://127.0.0.1:*")).send_multipart(frames)

    _nothing_more(server)
    assert server.stats.refused == {"expired": 1}


def test_an_answer_that_was_captured_is_no_answer_to_another_request(open_context, thief):
    """The thief answers the second request with the first one's reply, under either name."""
    asked, endpoint = thief.server(zmq.ROUTER)
    client = open_context("sealed", greeting=False).socket(zmq.REQ)
    client.connect(endpoint)
    server = open_context("sealed", greeting=False).socket(zmq.REP)
    to_server = thief.client(zmq.DEALER, server.bind("tcp://127.0.0.1:*"))
    client.send_obj("first", timeout_s=5)
    peer, *request = asked.recv_multipart()
    to_server.send_multipart(request)
    assert server.recv_obj(timeout_s=5) == "first"
    server.send_obj("yes")
    reply = to_server.recv_multipart()
    asked.send_multipart([peer, *reply])
    assert client.recv_obj(timeout_s=5) == "yes"

    client.send_obj("second", timeout_s=5)
    _, name, *_ = asked.recv_multipart()
    asked.send_multipart([peer, *reply])
    asked.send_multipart([peer, name, *reply[1:]])

    with pytest.raises(Timeout):
        client.recv_obj(timeout_s=0.3)
    assert client.stats.refused == {"wrong-context": 2}


def test_a_message_is_not_taken_back_by_who_sent_it(open_context, thief):
    """Sent back to its sender it would be valid, by the key alone."""
    taker, endpoint = thief.server(zmq.PAIR)
    client = open_context("sealed", greeting=False).socket(zmq.PAIR)
    client.connect(endpoint)
    client.send_obj("out", timeout_s=5)
    taker.send_multipart(taker.recv_multipart())

    _nothing_more(client)
    assert client.stats.refused == {"replayed": 1}


def test_other_types_than_ours_are_refused(open_context, address):
    """A class of the same name with other fields, and one that was not registered, by all the others' rules."""
    server = open_context("local", codec=Codec(Task)).socket(zmq.PULL)
    endpoint = server.bind(address("local"))
    other_task = _other_task()
    for codec, message in ((Codec(other_task), other_task("1")), (Codec(), {"number": 1}), (Codec(Task), Task(2))):
        client = open_context("local", codec=codec).socket(zmq.PUSH)
        client.connect(endpoint)
        client.send_obj(message, timeout_s=5)

    assert server.recv_obj(timeout_s=5) == Task(2)
    _nothing_more(server)
    assert server.stats.refused == {"unknown-type": 2}


@pytest.mark.parametrize("kind", [(zmq.PUSH, zmq.PULL), (zmq.DEALER, zmq.ROUTER), (zmq.DEALER, zmq.REP)])
def test_a_message_beyond_the_limits_ends_its_connection(open_context, thief, address, kind):
    """It is not read; others go on, and so does the one that sent it, with a new connection."""
    sends, receives = kind
    limits = Limits(head_bytes=10_000, buffer_bytes=10_000, message_bytes=20_000, inline_bytes=100)
    server = open_context("local", codec=None, limits=limits).socket(receives)
    endpoint = server.bind(address("local"))
    client = thief.client(sends, endpoint)
    client.send_multipart([b"", b"x" * 3_000_000])
    good = open_context("local").socket(sends)
    good.connect(endpoint)
    good.send_obj("good", timeout_s=5)

    assert server.recv_obj(timeout_s=5) == "good"
    deadline = time.monotonic() + 5
    while not server.stats.disconnections and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.stats.disconnections >= 1
    assert server.stats.received == 1


@pytest.mark.parametrize("mode", ["curve", "sealed", "local"])
def test_too_many_frames_are_refused_and_not_kept(open_context, address, mode):
    """By somebody with the key, too."""
    limits = Limits(buffers=3)
    server = open_context(mode, codec=None, limits=limits).socket(zmq.PULL)
    client = open_context(mode).socket(zmq.PUSH)
    client.connect(server.bind(address(mode)))
    client.send_obj([np.zeros(20_000)] * 40, timeout_s=5)
    client.send_obj("good", timeout_s=5)

    assert server.recv_obj(timeout_s=5) == "good"
    assert server.stats.refused == {"too-many-buffers": 1}
