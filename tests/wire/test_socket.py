"""All patterns in all modes over real sockets."""

import threading
import time

import numpy as np
import pytest
import zmq

from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, KeyMissing, KeyWrong, Refused, Timeout, WireError
from gnomon.wire.keys import CurvePair, Key, KeyRing
from gnomon.wire.limits import Limits

MODES = ("curve", "sealed", "local")
pytestmark = pytest.mark.parametrize("mode", MODES)


@pytest.fixture
def pair(open_context, address, mode):
    """Two connected sockets of the given types: the first one connects."""

    def made(connects, binds, **options):
        context = open_context(mode, **options)
        server, client = context.socket(binds), context.socket(connects)
        client.connect(server.bind(address(mode)))
        return client, server

    return made


@pytest.mark.parametrize("turned", [False, True])
def test_push_and_pull(pair, turned):
    """In order, whichever end binds."""
    if turned:
        pull, push = pair(zmq.PULL, zmq.PUSH)
    else:
        push, pull = pair(zmq.PUSH, zmq.PULL)

    for number in range(100):
        push.send_obj({"n": number}, timeout_s=5)

    assert [pull.recv_obj(timeout_s=5) for _ in range(100)] == [{"n": number} for number in range(100)]
    assert (push.stats.sent, pull.stats.received, pull.stats.refused) == (100, 100, {})


def test_the_names_of_pyzmq_are_the_safe_ones(pair, mode):
    """send_pyobj and recv_pyobj send no pickle: what is no plain value is an error that names it."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    if mode != "local":
        assert pull.bind_to_random_port("tcp://127.0.0.1") > 0

    push.send_pyobj([1, "two", b"three", None, 4.5])

    assert pull.recv_pyobj() == [1, "two", b"three", None, 4.5]
    with pytest.raises(EncodeError):
        push.send_pyobj(threading.Lock())


@pytest.mark.parametrize("copy", [True, False])
def test_arrays_arrive(pair, copy):
    """Small ones inside of the message, large ones beside it."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    arrays = [np.arange(size, dtype=np.float32) for size in (0, 1, 1000, 1_000_000)]

    push.send_obj(arrays, copy=copy, timeout_s=5)
    received = pull.recv_obj(timeout_s=5)

    assert [array.dtype for array in received] == [np.dtype("float32")] * 4
    assert all((one == other).all() for one, other in zip(arrays, received, strict=True))


def test_a_copy_is_sent_by_default(pair):
    """An array that is changed after it was sent arrives as it was."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    array = np.zeros(1_000_000)

    push.send_obj(array, timeout_s=5)
    array[:] = 1

    assert not pull.recv_obj(timeout_s=5).any()


@pytest.mark.parametrize("asks", [zmq.REQ, zmq.DEALER])
@pytest.mark.parametrize("answers", [zmq.REP, zmq.ROUTER])
def test_questions_and_answers(pair, asks, answers):
    """A REQ or DEALER socket asks, a REP or ROUTER socket answers."""
    client, server = pair(asks, answers)

    for number in range(10):
        client.send_obj(number, timeout_s=5)
        request = server.recv_from(timeout_s=5)
        server.send_obj(-number, to=request.peer if answers == zmq.ROUTER else None)

        assert (request.obj, client.recv_obj(timeout_s=5)) == (number, -number)


def test_several_clients_get_their_own_answers(open_context, address, mode):
    """Each the one to its request, in whatever order they are given."""
    context = open_context(mode)
    server = context.socket(zmq.ROUTER)
    endpoint = server.bind(address(mode))
    clients = [context.socket(zmq.DEALER) for _ in range(3)]
    for number, client in enumerate(clients):
        client.connect(endpoint)
        client.send_obj(number, timeout_s=5)
    requests = [server.recv_from(timeout_s=5) for _ in clients]

    for request in reversed(requests):
        server.send_obj(request.obj * 10, to=request.peer)

    assert [client.recv_obj(timeout_s=5) for client in clients] == [0, 10, 20]


def test_publishing_to_who_asked_for_the_topic(pair):
    """A subscriber gets the topics that begin as it said, and their names."""
    subscriber, publisher = pair(zmq.SUB, zmq.PUB)
    subscriber.subscribe("metrics.")
    deadline = time.monotonic() + 10
    while not subscriber.poll(20):
        publisher.send_obj("hello", topic=b"metrics.first")
        assert time.monotonic() < deadline

    publisher.send_obj(1, topic=b"other")
    publisher.send_obj(2, topic=b"metrics.load")
    received = subscriber.recv_from(timeout_s=5)
    while received.topic == b"metrics.first":
        received = subscriber.recv_from(timeout_s=5)

    assert (received.topic, received.obj) == (b"metrics.load", 2)
    subscriber.unsubscribe("metrics.")
    assert subscriber.stats.missed == 0


def test_a_pair_speaks_both_ways(pair):
    """Without asking first."""
    one, other = pair(zmq.PAIR, zmq.PAIR)

    one.send_obj("there", timeout_s=5)
    assert other.recv_obj(timeout_s=5) == "there"

    other.send_obj("back", timeout_s=5)
    assert one.recv_obj(timeout_s=5) == "back"


def test_waiting_ends_in_time(pair):
    """As this package's Timeout and as pyzmq's Again, at once without waiting."""
    _, pull = pair(zmq.PUSH, zmq.PULL)
    began = time.monotonic()

    for wait in ({"timeout_s": 0.2}, {"timeout_s": 0}, {"flags": zmq.NOBLOCK}):
        with pytest.raises(Timeout):
            pull.recv_obj(**wait)
        with pytest.raises(zmq.Again):
            pull.recv_obj(**wait)
    pull.setsockopt(zmq.RCVTIMEO, 50)
    with pytest.raises(zmq.Again, match=r"within 0\.05 s"):
        pull.recv_pyobj()

    assert pull.poll(0) == pull.poll(50) == 0
    assert time.monotonic() - began < 5


def test_sending_ends_in_time_where_nobody_is(open_context, mode):
    """A message is not taken before somebody is there to get it."""
    push = open_context(mode).socket(zmq.PUSH)
    push.connect("ipc://nobody" if mode == "local" else "tcp://127.0.0.1:1")
    push.setsockopt(zmq.SNDTIMEO, 50)

    for options in ({"timeout_s": 0.2}, {"flags": zmq.NOBLOCK}, {}):
        with pytest.raises(Timeout, match=r"is the other end there\?"):
            push.send_obj(1, **options)

    assert push.poll(0, zmq.POLLOUT) == 0
    assert push.stats.sent == 0


def test_poll_says_what_is_ready(pair):
    """POLLIN for a message that was accepted, POLLOUT for room to send."""
    one, other = pair(zmq.PAIR, zmq.PAIR)
    one.send_obj(1, timeout_s=5)

    assert other.poll(5000) == zmq.POLLIN
    assert other.poll(0, zmq.POLLIN | zmq.POLLOUT) == zmq.POLLIN | zmq.POLLOUT
    assert one.poll(5000, zmq.POLLOUT) == zmq.POLLOUT
    assert other.poll() == zmq.POLLIN
    assert other.recv_obj(zmq.NOBLOCK) == 1

    one.send_obj(2, timeout_s=5)
    assert other.poll() == zmq.POLLIN  # waits, however long it takes to come
    assert other.recv_obj(zmq.NOBLOCK) == 2


def test_a_socket_binds_or_connects(pair, address, mode):
    """One end of a connection has to be the server."""
    push, pull = pair(zmq.PUSH, zmq.PULL)

    with pytest.raises(WireError, match="binds already"):
        pull.connect("tcp://127.0.0.1:1")
    with pytest.raises(WireError, match="connects already"):
        push.bind(address(mode))


def test_one_socket_for_several_servers(open_context, address, mode):
    """A PUSH socket deals out to all of them."""
    context = open_context(mode)
    pulls = [context.socket(zmq.PULL) for _ in range(2)]
    push = context.socket(zmq.PUSH)
    for number, pull in enumerate(pulls):
        push.connect(pull.bind(f"ipc://{number}" if mode == "local" else address(mode)))
    time.sleep(0.3)

    for number in range(10):
        push.send_obj(number, timeout_s=5)

    assert sorted(pull.recv_obj(timeout_s=5) for pull in pulls for _ in range(5)) == list(range(10))


def test_options_that_keep_others_out_are_not_for_users(pair):
    """Others are, by number, text or bytes."""
    push, pull = pair(zmq.PUSH, zmq.PULL)

    for option in (zmq.CURVE_SERVER, zmq.PLAIN_SERVER, zmq.ZAP_DOMAIN, zmq.MAXMSGSIZE, zmq.ZAP_ENFORCE_DOMAIN):
        with pytest.raises(WireError, match="who is let in"):
            pull.setsockopt(option, 0)
    with pytest.raises(WireError, match="can't be read"):
        push.getsockopt(zmq.CURVE_SECRETKEY)

    push.setsockopt(zmq.SNDHWM, 7)
    assert push.getsockopt(zmq.SNDHWM) == 7


def test_a_router_counts_who_is_gone(pair):
    """And goes on: one client that left does not stop the others."""
    client, server = pair(zmq.DEALER, zmq.ROUTER)
    client.send_obj(1, timeout_s=5)
    request = server.recv_from(timeout_s=5)
    client.close()
    deadline = time.monotonic() + 10

    while not server.stats.undeliverable:
        server.send_obj("late", to=request.peer)
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_req_socket_asks_again_after_a_timeout(pair):
    """An answer that comes too late is dropped, and the next one taken."""
    client, server = pair(zmq.REQ, zmq.ROUTER)
    client.send_obj("first", timeout_s=5)
    first = server.recv_from(timeout_s=5)
    with pytest.raises(Timeout):
        client.recv_obj(timeout_s=0.1)

    client.send_obj("second", timeout_s=5)
    second = server.recv_from(timeout_s=5)
    server.send_obj("late", to=first.peer)
    server.send_obj("in time", to=second.peer)

    assert client.recv_obj(timeout_s=5) == "in time"
    assert client.stats.refused == {"wrong-context": 1}


def test_what_is_too_large_is_not_sent(pair):
    """The sender hears of it, with the field."""
    push, _ = pair(zmq.PUSH, zmq.PULL, limits=Limits(head_bytes=1000, message_bytes=2000), codec=None)

    with pytest.raises(EncodeError, match="more than 1000"):
        push.send_obj("x" * 5000)


def test_a_socket_of_no_known_type_is_an_error(open_context, mode):
    """The message lists those that there are."""
    with pytest.raises(WireError, match="PUSH, PULL"):
        open_context(mode).socket(zmq.STREAM)


def test_a_closed_socket_says_so(pair):
    """Closing twice is fine."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    with push:
        assert not push.closed
    push.close()

    assert push.closed
    with pytest.raises(WireError, match="closed"):
        push.send_obj(1)
    assert "PULL" in repr(pull)


def test_keys_are_needed_but_for_local(open_context, address, mode):
    """Without one, neither end begins."""
    if mode == "local":
        open_context(mode, keys=KeyRing()).socket(zmq.PULL).bind(address(mode))
        return
    with pytest.raises(KeyMissing):
        open_context(mode, keys=KeyRing()).socket(zmq.PULL).bind(address(mode))
    with pytest.raises(KeyMissing):
        open_context(mode, keys=KeyRing()).socket(zmq.PULL).connect("tcp://127.0.0.1:1")


def test_other_transports(open_context, mode):
    """Names within the process are for `local` alone, which is for nothing but that and ipc."""
    context = open_context(mode)
    if mode == "local":
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        pull.bind("inproc://x")
        push.connect("inproc://x")
        push.send_obj(1)
        assert pull.recv_obj(timeout_s=5) == 1
        with pytest.raises(WireError):
            context.socket(zmq.PULL).bind("tcp://127.0.0.1:*")
    else:
        with pytest.raises(WireError, match="knows no keys"):
            context.socket(zmq.PULL).bind("inproc://x")


def test_a_wrong_key_is_an_error_within_ten_seconds(open_context, address, mode):
    """Sending, receiving and polling raise it; it names the endpoint and the key that is not known there."""
    if mode == "local":
        pytest.skip("no keys in this mode")
    server = open_context(mode).socket(zmq.ROUTER)
    endpoint = server.bind(address(mode))
    wrong = Key.new()
    client = open_context(mode, keys=KeyRing(keys=(wrong,))).socket(zmq.DEALER)
    client.connect(endpoint)
    began = time.monotonic()

    for use in (client.recv_obj, client.poll, lambda: client.send_obj(1)):
        with pytest.raises(KeyWrong, match=wrong.id.hex()) as caught:
            use()
        assert endpoint in str(caught.value)

    assert time.monotonic() - began < 10
    assert server.stats.strangers >= 1
    assert server.poll(100) == 0


def test_a_pair_that_the_server_has_not_listed_is_an_error(open_context, address, mode):
    """With CURVE pairs: an unknown client, a server that is another one, and two ends that know each other."""
    if mode != "curve":
        pytest.skip("pairs are for curve")
    server, client, other = CurvePair.new(), CurvePair.new(), CurvePair.new()
    pull = open_context("curve", keys=KeyRing(pair=server, peers=(client.public,))).socket(zmq.PULL)
    endpoint = pull.bind(address(mode))
    trials = {
        other.id: KeyRing(pair=other, peers=(server.public,)),
        other.public.id: KeyRing(pair=client, peers=(other.public,)),
    }

    for blamed, ring in trials.items():
        push = open_context("curve", keys=ring).socket(zmq.PUSH)
        push.connect(endpoint)
        with pytest.raises(KeyWrong, match=blamed.hex()):
            push.send_obj(1, timeout_s=10)

    good = open_context("curve", keys=KeyRing(pair=client, peers=(other.public, server.public))).socket(zmq.PUSH)
    good.connect(endpoint)
    good.send_obj("let in", timeout_s=10)
    assert pull.recv_obj(timeout_s=5) == "let in"


def test_keys_are_replaced_without_a_message_lost(open_context, address, mode):
    """Both ends get the new key before it is in force, one after the other, and drop the old one later."""
    if mode == "local":
        pytest.skip("no keys in this mode")
    old = Key.new()
    new = Key.new()
    coming = Key(id=new.id, secret=new.secret, seals_from=int(time.time()) + 1000)
    now = Key(id=new.id, secret=new.secret, seals_from=int(time.time()) - 1000)
    stages = [((old, coming), (old,)), ((old,), (old, coming)), ((old, now), (old, now)), ((old, now), (now,))]
    if mode == "curve":
        stages.append(((old,), (old, now)))  # a server that was not started again yet
    for here, there in stages:
        pull = open_context(mode, keys=KeyRing(keys=here)).socket(zmq.PULL)
        push = open_context(mode, keys=KeyRing(keys=there)).socket(zmq.PUSH)
        push.connect(pull.bind(address(mode)))
        push.send_obj("once", timeout_s=10)

        assert pull.recv_obj(timeout_s=5) == "once"


def test_refused_messages_are_told_to_who_asks(open_context, address, mode, caplog):
    """A callback gets each one; the log one line a second, escaped."""
    told = []
    receiving = open_context(mode, on_refused=told.append, limits=Limits(depth=4), codec=None)
    sending = open_context(mode)
    pull, push = receiving.socket(zmq.PULL), sending.socket(zmq.PUSH)
    push.connect(pull.bind(address(mode)))
    for _ in range(20):
        push.send_obj([[[[[[[[1]]]]]]]], timeout_s=5)
    push.send_obj("good", timeout_s=5)

    assert pull.recv_obj(timeout_s=5) == "good"
    assert pull.stats.refused == {"too-deep": 20}
    assert [type(each) for each in told] == [Refused] * 20
    assert len([record for record in caplog.records if "too-deep" in record.message]) == 1


def test_a_queue_of_one_message_lets_it_through(open_context, address, mode):
    """Who was let in is counted by libzmq as a message of the queue: a limit of 1 would hold everything back."""
    context = open_context(mode)
    pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    pull.setsockopt(zmq.RCVHWM, 1)
    push.setsockopt(zmq.SNDHWM, 1)
    push.connect(pull.bind(address(mode)))

    for number in range(5):
        push.send_obj(number, timeout_s=5)
        assert pull.recv_obj(timeout_s=5) == number


def test_what_is_refused_is_passed_over_without_a_deadline(open_context, address, mode):
    """A call that waits for ever goes on to the next message."""
    pull = open_context(mode, limits=Limits(depth=4), codec=None).socket(zmq.PULL)
    push = open_context(mode).socket(zmq.PUSH)
    push.connect(pull.bind(address(mode)))
    push.send_obj([[[[[[1]]]]]], timeout_s=5)
    push.send_obj("good", timeout_s=5)

    assert pull.recv_obj() == "good"
    assert pull.stats.refused == {"too-deep": 1}


def test_a_socket_whose_connections_nobody_watches_says_so(pair):
    """Nobody new would be let in: it does not go on as if all were well."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    push._watch.stop()

    for use in (lambda: push.send_obj(1), lambda: pull.recv_obj(timeout_s=1)):
        with pytest.raises(WireError, match="ended by an error"):
            use()


def test_a_tuple_goes_as_the_type_that_is_named(pair):
    """A tuple's class does not say which registered type it is: `as_type` does."""
    row = tuple[str, int]
    push, pull = pair(zmq.PUSH, zmq.PULL, codec=Codec(row, list[int]))

    push.send_obj(("a", 1), as_type=row, timeout_s=5)

    assert pull.recv_obj(timeout_s=5) == ("a", 1)
