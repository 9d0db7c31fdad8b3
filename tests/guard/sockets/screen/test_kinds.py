"""Each kind of socket that receives drops what is refused, and goes on."""

import socket

import pytest
import zmq


@pytest.mark.parametrize(
    ("sends", "receives"),
    [(zmq.PUSH, zmq.PULL), (zmq.PAIR, zmq.PAIR), (zmq.DEALER, zmq.DEALER), (zmq.XSUB, zmq.XPUB)],
    ids=["PULL", "PAIR", "DEALER", "XPUB"],
)
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:*", "inproc://kinds"])
def test_simple_kinds(pair, doorman, sends, receives, address):
    """One message after another."""
    sender, receiver = pair(sends, receives, address)
    for message in (b"bad", b"one", b"bad", b"two"):
        sender.send(message)

    assert [receiver.recv(), receiver.recv()] == [b"one", b"two"]
    assert doorman.dropped == [[b"bad"], [b"bad"]]


def test_router_answers_the_good(pair, doorman):
    """The frame with the sender's name belongs to the message, and is dropped with it."""
    dealer, router = pair(zmq.DEALER, zmq.ROUTER)
    for message in (b"bad", b"one", b"bad", b"two"):
        dealer.send(message)

    for expected in (b"one", b"two"):
        name, content = router.recv_multipart()
        assert content == expected
        router.send_multipart([name, content.upper()])
    assert [dealer.recv(), dealer.recv()] == [b"ONE", b"TWO"]
    assert [len(frames) for frames in doorman.dropped] == [2, 2]


@pytest.mark.parametrize("receives", [zmq.SUB, zmq.XSUB], ids=["SUB", "XSUB"])
def test_subscribers(context, plain, doorman, receives):
    """What they subscribed to is screened."""
    subscriber = context.socket(receives)
    publisher = plain(zmq.XPUB)
    publisher.bind("inproc://news")
    subscriber.connect("inproc://news")
    if receives == zmq.SUB:
        subscriber.subscribe(b"")
    else:
        subscriber.send(b"\x01")
    assert publisher.recv() == b"\x01"
    for message in (b"bad", b"one", b"bad", b"two"):
        publisher.send_multipart([b"topic", message])

    assert [subscriber.recv_multipart()[1], subscriber.recv_multipart()[1]] == [b"one", b"two"]
    assert doorman.dropped == [[b"topic", b"bad"]] * 2
    subscriber.close()


def test_stream(context, doorman):
    """Bytes of a native connection, as they come; the notice of a connection has an empty frame."""
    stream = context.socket(zmq.STREAM)
    port = stream.bind_to_random_port("tcp://127.0.0.1")
    with socket.create_connection(("127.0.0.1", port)) as native:
        name, notice = stream.recv_multipart()
        native.sendall(b"bad")
        while not doorman.dropped:
            assert stream.poll(50) == 0
        native.sendall(b"good")
        assert stream.recv_multipart() == [name, b"good"]

    assert notice == b""
    assert doorman.dropped == [[name, b"bad"]]
    stream.close()


@pytest.mark.parametrize("notices", ["poll", "events", "recv"])
def test_rep_answers_what_it_dropped_with_an_empty_frame(pair, doorman, notices):
    """There must be an answer before the next request; the server sees nothing of it."""
    req, rep = pair(zmq.REQ, zmq.REP)
    req.rcvtimeo = 10_000
    for _ in range(3):
        req.send(b"bad")
        while not doorman.dropped:
            if notices == "poll":
                assert rep.poll(50) == 0
            elif notices == "events":
                assert rep.get(zmq.EVENTS) == 0
            else:
                rep.rcvtimeo = 50
                with pytest.raises(zmq.Again):
                    rep.recv()
        assert req.recv_multipart() == [b""]
        doorman.dropped.clear()

    rep.rcvtimeo = 10_000
    req.send(b"good")
    assert rep.recv() == b"good"
    rep.send(b"answer")
    assert req.recv() == b"answer"


def test_rep_takes_turns_in_the_programs_view(pair):
    """A request that waits in the stash is to be received, not answered; once received, to be answered."""
    req, rep = pair(zmq.REQ, zmq.REP, "inproc://turns")
    req.send_multipart([b"good", b"more"])

    assert rep.poll(0, zmq.POLLIN | zmq.POLLOUT) == rep.get(zmq.EVENTS) == zmq.POLLIN
    assert rep.recv() == b"good"
    assert rep.poll(0, zmq.POLLIN | zmq.POLLOUT) == rep.get(zmq.EVENTS) == zmq.POLLIN
    assert rep.recv() == b"more"
    assert rep.poll(0, zmq.POLLIN | zmq.POLLOUT) == rep.get(zmq.EVENTS) == zmq.POLLOUT
    with pytest.raises(zmq.ZMQError, match=r"current state|state"):
        rep.recv(zmq.NOBLOCK)


def test_req_gets_a_bad_reply(pair, doorman):
    """It could neither receive nor ask again without one: its load has to be refused instead."""
    rep, req = pair(zmq.REP, zmq.REQ)
    req.send(b"question")
    assert rep.recv() == b"question"
    rep.send(b"bad")

    assert req.poll(10_000) == zmq.POLLIN
    assert req.recv() == b"bad"
    assert (doorman.dropped, doorman.handed) == ([], [[b"bad"]])
    req.send(b"again")
    assert rep.recv() == b"again"


def test_a_socket_that_conflates_keeps_the_newest_good_message(context, plain):
    """A message that was seen by `poll` makes room for a newer one, as libzmq's does."""
    pull = context.socket(zmq.PULL)
    pull.setsockopt(zmq.CONFLATE, 1)
    pull.bind("inproc://newest")
    push = plain(zmq.PUSH)
    push.connect("inproc://newest")
    push.send(b"old")
    assert pull.poll(0) == zmq.POLLIN
    push.send(b"new")
    push.send(b"newer")
    assert pull.recv() == b"newer"
    push.send(b"bad")
    assert pull.poll(0) == 0
    pull.close()
