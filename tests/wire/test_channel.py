"""What goes around a message: envelopes, and the seal that binds it to its pattern, channel, topic and request."""

import pytest
import zmq

from gnomon.wire.channel import MAX_HOPS, MAX_TOPICS, SEAL_BYTES, Channel, Peer
from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused, WireError
from gnomon.wire.keys import Key, KeyRing
from gnomon.wire.limits import Limits

RING = KeyRing(keys=(Key.new(),))


def _channel(kind, *, ring=RING, name=b"", limits=None):
    limits = limits or Limits()
    return Channel(kind, Codec(limits=limits), limits, ring=ring, name=name, max_age_s=60, window=1024)


def _reason(channel, frames):
    with pytest.raises(Refused) as caught:
        channel.unpack(frames)
    return caught.value.reason


@pytest.mark.parametrize("ring", [RING, None])
@pytest.mark.parametrize(("sends", "receives"), [(zmq.PUSH, zmq.PULL), (zmq.PUB, zmq.SUB), (zmq.PAIR, zmq.PAIR)])
def test_one_way_messages_arrive(ring, sends, receives):
    """With and without seals."""
    received = _channel(receives, ring=ring).unpack(_channel(sends, ring=ring).pack({"n": 1}))

    assert received.obj == {"n": 1}
    assert received.key_id == (RING.keys[0].id.hex() if ring else "")


@pytest.mark.parametrize("ring", [RING, None])
@pytest.mark.parametrize("asks", [zmq.REQ, zmq.DEALER])
@pytest.mark.parametrize("answers", [zmq.REP, zmq.ROUTER])
def test_a_question_is_answered(ring, asks, answers):
    """Each type that asks works with each that answers; the connection's name is what ROUTER puts in front."""
    client, server = _channel(asks, ring=ring), _channel(answers, ring=ring)

    request = server.unpack([b"peer", *client.pack("question")])
    peer, *reply = server.pack("answer", to=request.peer if answers == zmq.ROUTER else None)

    assert request.obj == "question"
    assert peer == b"peer"
    assert client.unpack(reply).obj == "answer"


def test_a_sealed_message_is_for_one_channel():
    """Not for another name, nor for another pattern with the same key."""
    message = _channel(zmq.PUSH, name=b"tasks").pack(1)

    assert _channel(zmq.PULL, name=b"tasks").unpack(message).obj == 1
    assert _reason(_channel(zmq.PULL, name=b"results"), message) == "wrong-context"
    assert _reason(_channel(zmq.PAIR, name=b"tasks"), message) == "wrong-context"


def test_a_topic_is_sealed_and_numbered_for_itself():
    """It can't be changed on the way, and a subscriber to one topic sees no gap for another's messages."""
    publisher, subscriber = _channel(zmq.PUB), _channel(zmq.SUB)
    first = publisher.pack(1, topic=b"a")
    publisher.pack(2, topic=b"b")
    publisher.pack(3, topic=b"a")
    last = publisher.pack(4, topic=b"a")

    assert subscriber.unpack(first).topic == b"a"
    assert _reason(subscriber, [b"b", *last[1:]]) == "wrong-context"
    assert subscriber.unpack(last).missed == 1


def test_topics_without_end_take_no_memory_without_end():
    """Beyond the first ones they share a session."""
    publisher, subscriber = _channel(zmq.PUB), _channel(zmq.SUB)
    for number in range(MAX_TOPICS + 10):
        publisher.pack(number, topic=b"%d" % number)

    assert subscriber.unpack(publisher.pack("again", topic=b"0")).obj == "again"
    assert len(publisher._senders) <= MAX_TOPICS + 1


def test_no_name_and_topic_are_another_name_and_topic():
    """What a channel is called has an end, so that a topic can't be taken for a part of it."""
    publisher, subscriber = _channel(zmq.PUB, name=b"a topic b"), _channel(zmq.SUB, name=b"a")
    _, *sealed = publisher.pack("x", topic=b"c")

    assert _reason(subscriber, [b"b topic c", *sealed]) in ("wrong-context", "bad-tag")


def test_an_answer_to_another_request_is_refused():
    """A REQ socket waits on for its own; so does it if the answer comes too late."""
    client, server = _channel(zmq.REQ), _channel(zmq.ROUTER)
    first = server.unpack([b"peer", *client.pack(1)])
    client.give_up()
    second = server.unpack([b"peer", *client.pack(2)])
    late = server.pack("first", to=first.peer)[1:]
    posing = [late[0], b"", *server.pack("posing", to=second.peer)[3:]]

    assert _reason(client, late) == "wrong-context"
    assert _reason(client, posing) == "wrong-context"
    assert client.unpack(server.pack("second", to=second.peer)[1:]).obj == "second"
    assert _reason(client, server.pack("second again", to=second.peer)[1:]) == "wrong-context"


def test_a_dealer_takes_answers_to_its_own_requests_alone():
    """Many for one request, if need be; none that another client asked for."""
    client, other, server = _channel(zmq.DEALER), _channel(zmq.DEALER), _channel(zmq.ROUTER)
    mine = server.unpack([b"peer", *client.pack(1)])
    theirs = server.unpack([b"peer", *other.pack(1)])

    assert client.unpack(server.pack("a", to=mine.peer)[1:]).obj == "a"
    assert client.unpack(server.pack("b", to=mine.peer)[1:]).obj == "b"
    assert _reason(client, server.pack("c", to=theirs.peer)[1:]) == "wrong-context"


def test_a_router_may_speak_first():
    """To a connection that it knows, without a request."""
    client, server = _channel(zmq.DEALER), _channel(zmq.ROUTER)

    assert client.unpack(server.pack("news", to=Peer(route=(b"peer",)))[1:]).obj == "news"


def test_a_worker_behind_a_broker_answers():
    """The broker adds a connection to the envelope and takes it off again; it knows no key."""
    client, worker = _channel(zmq.REQ), _channel(zmq.DEALER)

    request = worker.unpack([b"client", *client.pack("question")])
    back = worker.pack("answer", to=request.peer)

    assert back[0] == b"client"
    assert client.unpack(back[1:]).obj == "answer"


@pytest.mark.parametrize("kind", [zmq.PAIR, zmq.DEALER])
def test_what_was_sent_is_not_taken_back(kind):
    """A message that somebody sends back to where it came from is refused."""
    channel = _channel(kind)

    assert _reason(channel, channel.pack("out")) in {"replayed", "wrong-context"}


@pytest.mark.parametrize("ring", [RING, None])
@pytest.mark.parametrize(
    "frames",
    [
        [],
        [b""],
        [b"\0" * 300, b"", b"x"],
        [b"hop"] * (MAX_HOPS + 2) + [b"", b"x"],
        [b"no end"],
        [b"t" * 2000, b"x"],
        [b"peer", b""],
        [b"peer", b"", b"junk"],
        [b"peer", b"", b""],
        [b"peer", b"", *[b"x"] * 3000],
    ],
)
@pytest.mark.parametrize("kind", [zmq.ROUTER, zmq.REP, zmq.DEALER, zmq.REQ, zmq.PULL, zmq.SUB, zmq.PAIR])
def test_frames_that_are_no_message_are_refused(kind, frames, ring):
    """Whatever they are; nothing else is raised."""
    assert _reason(_channel(kind, ring=ring), frames)


def test_more_buffers_than_allowed_are_refused_before_they_are_read():
    """By their number alone."""
    channel = _channel(zmq.PULL, ring=None, limits=Limits(buffers=2))

    assert _reason(channel, [b"x"] * 4) == "too-many-buffers"


@pytest.mark.parametrize(("kind", "envelope"), [(zmq.PULL, []), (zmq.SUB, [b"topic"]), (zmq.ROUTER, [b"peer", b""])])
def test_a_head_that_is_too_long_is_refused_before_it_is_opened(kind, envelope):
    """Who sent it is not known yet, and opening copies it."""
    channel = _channel(kind, limits=Limits(head_bytes=1000))
    sealed = _channel(zmq.PUSH).pack(bytes(1000))[0]

    assert _reason(channel, [*envelope, sealed + bytes(SEAL_BYTES)]) == "too-large"
    assert _reason(channel, [*envelope, sealed + bytes(SEAL_BYTES - len(sealed))]) == "frame-mismatch"


@pytest.mark.parametrize(
    ("kind", "to", "topic", "words"),
    [
        (zmq.PULL, None, b"", "does not send"),
        (zmq.SUB, None, b"", "does not send"),
        (zmq.PUSH, None, b"t", "only a PUB socket"),
        (zmq.PUB, None, b"t" * 2000, "at most 1024 bytes"),
        (zmq.DEALER, None, b"t", "only a PUB socket"),
        (zmq.PUSH, Peer(route=()), b"", "does not answer"),
        (zmq.REQ, Peer(route=()), b"", "does not answer"),
        (zmq.REP, None, b"", "receive a request first"),
        (zmq.ROUTER, None, b"", "to=received.peer"),
    ],
)
def test_what_a_pattern_does_not_do_is_an_error(kind, to, topic, words):
    """In words that say what does it."""
    with pytest.raises(WireError, match=words):
        _channel(kind).pack(1, to, topic)


def test_a_req_socket_asks_once_at_a_time():
    """Until it has the answer, or gave up."""
    channel = _channel(zmq.REQ)
    channel.pack(1)

    with pytest.raises(WireError, match="waits for the answer"):
        channel.pack(2)

    channel.give_up()
    channel.pack(2)


def test_a_rep_socket_answers_once():
    """Then it waits for the next request."""
    client, server = _channel(zmq.REQ), _channel(zmq.REP)
    server.unpack([b"peer", *client.pack(1)])
    server.pack("answer")
    server.sent()

    with pytest.raises(WireError, match="receive a request first"):
        server.pack("again")
