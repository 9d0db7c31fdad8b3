"""Whatever a program receives with, it gets the good messages alone, just as pyzmq hands them out."""

import pickle
import threading
import time

import pytest
import zmq

GOOD = pickle.dumps(["good"])


def test_recv_gives_the_next_good_message(pipe, doorman):
    """Bad ones before, between and after vanish; what was received and dropped is told to the channel."""
    push, pull = pipe
    for message in (b"bad 1", b"one", b"bad 2", b"bad 3", b"two", b"bad 4"):
        push.send(message)

    assert [pull.recv(), pull.recv()] == [b"one", b"two"]
    with pytest.raises(zmq.Again):
        pull.recv(zmq.NOBLOCK)
    assert doorman.handed == [[b"one"], [b"two"]]
    assert doorman.dropped == [[b"bad 1"], [b"bad 2"], [b"bad 3"], [b"bad 4"]]


def test_a_message_is_judged_whole(pipe, doorman):
    """All frames are shown at once, also if the program asks for one after another."""
    push, pull = pipe
    push.send_multipart([b"a", b"b", b"bad"])
    push.send_multipart([b"a", b"b", b"c"])

    assert pull.get(zmq.RCVMORE) == 0
    assert (pull.recv(), pull.getsockopt(zmq.RCVMORE)) == (b"a", 1)
    assert (pull.recv(), pull.rcvmore) == (b"b", 1)
    assert (pull.recv(), pull.RCVMORE) == (b"c", 0)
    assert doorman.dropped == [[b"a", b"b", b"bad"]]
    assert doorman.handed == [[b"a", b"b", b"c"]]


def test_the_rest_of_a_message_is_a_message_to_recv_multipart(pipe):
    """As with pyzmq: it reads to the end of the message that it is in."""
    push, pull = pipe
    push.send_multipart([b"a", b"b", b"c"])
    push.send_multipart([b"d"])

    assert pull.recv() == b"a"
    assert pull.recv_multipart() == [b"b", b"c"]
    assert pull.recv_multipart() == [b"d"]


@pytest.mark.parametrize(
    ("receive", "sent", "got"),
    [
        (lambda socket: socket.recv_pyobj(), [GOOD], ["good"]),
        (lambda socket: socket.recv_json(), [b'{"a": 1}'], {"a": 1}),
        (lambda socket: socket.recv_string(), [b"gut"], "gut"),
        (lambda socket: socket.recv_serialized(b"-".join), [b"a", b"b"], b"a-b"),
        (lambda socket: socket.recv_multipart(), [b"a", b"b"], [b"a", b"b"]),
    ],
    ids=["pyobj", "json", "string", "serialized", "multipart"],
)
def test_every_way_to_receive(pipe, receive, sent, got):
    """They end in `recv`, or behave as if they did."""
    push, pull = pipe
    push.send_multipart([*sent[:-1], b"bad"])
    push.send_multipart(sent)

    assert receive(pull) == got


def test_frames_keep_what_libzmq_knows(pair, doorman):
    """`copy=False` gives pyzmq's own frames: content, `more`, properties of the connection."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    push.send_multipart([b"bad"])
    push.send_multipart([b"a", b"b"])

    first, second = pull.recv_multipart(copy=False)

    assert (first.bytes, bytes(second.buffer), first.more, second.more) == (b"a", b"b", True, False)
    assert first.get("Peer-Address") == second.get("Peer-Address") == "127.0.0.1"
    assert type(first) is zmq.Frame
    assert doorman.peers == {"127.0.0.1"}


def test_a_peer_without_an_address_is_told_as_none(pipe, doorman):
    """Sockets of one process share memory, not a connection."""
    push, pull = pipe
    push.send(b"one")

    assert pull.recv() == b"one"
    assert doorman.peers == {""}


def test_a_tracked_frame_has_a_tracker(pipe):
    """There is nothing to wait for, as with what pyzmq itself receives."""
    push, pull = pipe
    push.send(b"one")

    frame = pull.recv(copy=False, track=True)

    assert frame.tracker.done


needs_recv_into = pytest.mark.skipif(not hasattr(zmq.Socket, "recv_into"), reason="pyzmq before 26.4")


@needs_recv_into
def test_recv_into_fills_a_buffer(pipe):
    """It tells the frame's size, and leaves what the frame does not reach."""
    push, pull = pipe
    push.send(b"bad")
    push.send(b"four")
    buffer = bytearray(b"------")

    assert pull.recv_into(buffer) == 4
    assert buffer == b"four--"


@needs_recv_into
def test_recv_into_cuts_what_is_too_long(pipe):
    """By `nbytes` or the end of the buffer; the size that is told is the frame's."""
    push, pull = pipe
    for _ in range(3):
        push.send(b"longer")
    buffer = bytearray(b"----")

    assert (pull.recv_into(buffer, nbytes=2), bytes(buffer)) == (6, b"lo--")
    assert (pull.recv_into(buffer), bytes(buffer)) == (6, b"long")
    assert pull.recv_into(bytearray()) == 6
    assert pull.poll(0) == 0


@needs_recv_into
@pytest.mark.parametrize(
    ("buffer", "options", "error"),
    [
        (b"can't be written", {}, (BufferError, ValueError)),
        (memoryview(bytearray(8))[::2], {}, (BufferError, ValueError)),
        (bytearray(4), {"nbytes": 5}, ValueError),
    ],
)
def test_recv_into_refuses_a_buffer_before_it_takes_a_message(pipe, buffer, options, error):
    """The message is still there."""
    push, pull = pipe
    push.send(b"one")

    with pytest.raises(error):
        pull.recv_into(buffer, **options)
    assert pull.recv() == b"one"


def test_noblock_after_bad_messages_alone_is_again(pipe, doorman):
    """As if nobody had sent anything."""
    push, pull = pipe
    push.send(b"bad")

    with pytest.raises(zmq.Again):
        pull.recv_multipart(zmq.NOBLOCK)
    assert doorman.dropped == [[b"bad"]]


def test_rcvtimeo_is_not_ended_by_a_bad_message(pipe, doorman):
    """The wait goes on for what is left of it."""
    push, pull = pipe
    pull.rcvtimeo = 300
    push.send(b"bad")
    began = time.monotonic()

    with pytest.raises(zmq.Again):
        pull.recv()
    assert time.monotonic() - began >= 0.29
    assert doorman.dropped == [[b"bad"]]


class Flood:
    """Somebody who sends bad messages from a thread until told to stop."""

    def __init__(self, context, address):
        self._stop = threading.Event()
        self._socket = context.socket(zmq.PUSH)
        self._socket.connect(address)
        self._thread = threading.Thread(target=self._send)

    def _send(self):
        while not self._stop.is_set():
            self._socket.send(b"bad")
        self._socket.close()

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


@pytest.mark.parametrize("asked", [False, True])
def test_waits_end_in_a_flood_of_bad_messages(pair, asked):
    """`poll`, RCVTIMEO and, as long as nobody waits for edges of the descriptor, NOBLOCK."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    pull.rcvtimeo = 50
    if asked:
        assert pull.fileno() >= 0
    with zmq.Context() as other, Flood(other, pull.last_endpoint.decode()):
        assert pull.poll(50) == 0
        with pytest.raises(zmq.Again):
            pull.recv()
        if not asked:
            with pytest.raises(zmq.Again):
                pull.recv(zmq.NOBLOCK)
        push.send(b"good")
        while not pull.poll(50):
            pass
        assert pull.recv() == b"good"


def test_two_thousand_messages_of_both_kinds(pair, doorman):
    """All good ones arrive, in order, and no bad one."""
    push, pull = pair(zmq.PUSH, zmq.PULL)

    def send():
        for number in range(2_000):
            push.send_multipart([b"%d" % number, b"bad" if number % 3 else b"good"])

    sender = threading.Thread(target=send)
    sender.start()
    got = [int(pull.recv_multipart()[0]) for _ in range(0, 2_000, 3)]
    sender.join()

    assert got == list(range(0, 2_000, 3))
    assert pull.poll(0) == 0
    assert len(doorman.dropped) == 2_000 - len(got)


def test_a_channel_that_only_listens(pair, doorman):
    """With `drops` off everything passes, and `received` hears of each frame before the program has it."""
    doorman.drops = False
    push, pull = pair(zmq.PUSH, zmq.PULL, "inproc://pipe")
    push.send_multipart([b"a", b"bad"])
    push.send(b"b")

    assert pull.poll(0) == zmq.POLLIN
    assert doorman.handed == []
    assert pull.recv() == b"a"
    assert doorman.handed == [[b"a"]]
    assert pull.poll(0) == pull.get(zmq.EVENTS) == zmq.POLLIN
    assert pull.recv() == b"bad"
    assert doorman.handed == [[b"a", b"bad"]]
    assert pull.recv_multipart() == [b"b"]
    assert pull.poll(0) == 0


def test_what_a_channel_raises_reaches_who_receives(pipe, doorman, monkeypatch):
    """The message is lost, the socket goes on."""
    push, pull = pipe
    push.send(b"one")
    push.send(b"two")

    def broken(frames):
        raise SystemExit(3)

    with monkeypatch.context() as once:
        once.setattr(doorman, "refused", broken)
        with pytest.raises(SystemExit):
            pull.recv()

    assert pull.recv() == b"two"
