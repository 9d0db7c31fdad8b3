"""Code as real servers have it runs alike under pyzmq and under `from gnomon.wire import zmq`, or is told why not.

Each shape names the project that has it. What pyzmq would unpickle is plain values here, as it is before types are
registered.
"""

import asyncio
import os
import threading

import pytest
import zmq as pyzmq

from gnomon.wire import Codec, key_files
from gnomon.wire import zmq as ours
from gnomon.wire.errors import EncodeError, KeyWrong, WireError
from gnomon.wire.keys import Key, KeyRing, written

EVENTS_MS = 5_000


@pytest.fixture(params=[pyzmq, ours], ids=["pyzmq", "gnomon.wire"])
def zmq(request, monkeypatch):
    """The module that the code below calls zmq."""
    if request.param is ours:
        monkeypatch.setattr(key_files, "_READ", [])
        monkeypatch.setenv("GNOMON_KEYS", written(Key.new()))
    else:
        pytest.importorskip("zmq.asyncio")
    return request.param


@pytest.fixture
def wire(monkeypatch):
    """gnomon.wire.zmq, with a key."""
    monkeypatch.setattr(key_files, "_READ", [])
    monkeypatch.setenv("GNOMON_KEYS", written(Key.new()))
    return ours


def _configured(zmq, context, kind, endpoint, bind):
    """As sglang's get_zmq_socket, which sets no limit to what waits."""
    socket = context.socket(kind)
    if kind == zmq.PUSH:
        socket.setsockopt(zmq.SNDHWM, 0)
        socket.setsockopt(zmq.SNDBUF, -1)
    else:
        socket.setsockopt(zmq.RCVHWM, 0)
        socket.setsockopt(zmq.RCVBUF, -1)
    if bind:
        socket.bind(endpoint)
    else:
        socket.connect(endpoint)
    return socket


def test_a_scheduler_takes_all_that_waits(zmq):
    """As in sglang's scheduler: recv_pyobj without waiting, until there is nothing, in a process of two contexts."""
    context, other = zmq.Context(2), zmq.Context(2)
    receiver = _configured(zmq, context, zmq.PULL, "tcp://127.0.0.1:*", bind=True)
    endpoint = receiver.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()
    sender = _configured(zmq, other, zmq.PUSH, endpoint, bind=False)
    for rid in range(3):
        sender.send_pyobj({"rid": rid, "input_ids": list(range(40))})

    requests = []
    while len(requests) < 3:
        assert receiver.poll(EVENTS_MS)
        while True:
            try:
                request = receiver.recv_pyobj(zmq.NOBLOCK)
            except zmq.ZMQError:
                break
            requests.append(request)

    assert [request["rid"] for request in requests] == [0, 1, 2]
    assert requests[0]["input_ids"] == list(range(40))
    other.destroy(linger=0)
    context.destroy(linger=0)


def test_sends_that_nobody_awaits_arrive_in_order(zmq):
    """As in lightllm's router: send_pyobj of an asyncio socket is called without await. What is sent is what it was."""

    async def served():
        context = zmq.asyncio.Context(2)
        pull = context.socket(zmq.PULL)
        port = pull.bind_to_random_port("tcp://127.0.0.1")
        push = context.socket(zmq.PUSH)
        push.connect(f"tcp://127.0.0.1:{port}")
        batch = {"reqs_infs": []}
        for number in range(50):
            batch["reqs_infs"] = [number]
            push.send_pyobj(batch)
        received = [(await asyncio.wait_for(pull.recv_pyobj(), 10))["reqs_infs"] for _ in range(50)]
        pull.close()
        push.close()
        context.term()
        return received

    assert asyncio.run(served()) == [[number] for number in range(50)]


def test_a_poller_tells_which_socket_has_a_message(zmq):
    """A broker's loop: `dict(poller.poll(50))`, sockets as keys."""
    with zmq.Context() as context:
        ends = {}
        poller = zmq.Poller()
        for name in ("front", "back"):
            pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
            push.connect(f"tcp://127.0.0.1:{pull.bind_to_random_port('tcp://127.0.0.1')}")
            poller.register(pull, zmq.POLLIN)
            ends[name] = pull, push

        assert dict(poller.poll(0)) == {}
        ends["back"][1].send_pyobj({"from": "back"})
        events = dict(poller.poll(EVENTS_MS))

        assert events == {ends["back"][0]: zmq.POLLIN}
        assert ends["back"][0].recv_pyobj() == {"from": "back"}
        poller.unregister(ends["front"][0])
        assert ends["front"][0] not in poller
        for pair in ends.values():
            for socket in pair:
                socket.close(0)


def test_a_timeout_set_as_an_attribute_holds(zmq):
    """`socket.RCVTIMEO = 20`, as robots' clients have it, then `except zmq.Again`."""
    with zmq.Context() as context, context.socket(zmq.PULL) as pull:
        pull.bind("tcp://127.0.0.1:*")
        pull.linger = 0
        pull.RCVTIMEO = 20

        with pytest.raises(zmq.Again):
            pull.recv_pyobj()


def test_a_request_is_answered_in_another_thread(zmq):
    """REQ and REP over the process's one context, used as context managers."""
    context = zmq.Context.instance()
    assert zmq.Context.instance() is context
    with context.socket(zmq.REP) as replies:
        port = replies.bind_to_random_port("tcp://127.0.0.1")

        def serve():
            replies.send_pyobj({"got": replies.recv_pyobj()})

        server = threading.Thread(target=serve)
        server.start()
        with context.socket(zmq.REQ) as asks:
            asks.connect(f"tcp://127.0.0.1:{port}")
            asks.send_pyobj({"loc": 0, "path": "a"}, flags=zmq.NOBLOCK if zmq is pyzmq else 0)
            assert asks.recv_pyobj() == {"got": {"loc": 0, "path": "a"}}
        server.join(10)
    context.destroy(linger=0)
    assert context.closed


def test_a_subscriber_names_its_topics_as_text(zmq):
    """`setsockopt_string(zmq.SUBSCRIBE, "")`, and a queue that keeps little."""
    with zmq.Context() as context, context.socket(zmq.PUB) as pub, context.socket(zmq.SUB) as sub:
        sub.setsockopt_string(zmq.SUBSCRIBE, "")
        sub.rcvhwm = 10
        sub.connect(f"tcp://127.0.0.1:{pub.bind_to_random_port('tcp://127.0.0.1')}")
        for _ in range(500):
            pub.send_pyobj([1, 2])
            if sub.poll(20):
                break

        assert sub.recv_pyobj() == [1, 2]


def test_constants_and_errors_are_pyzmq_s(wire):
    """Whatever the code compares with or catches is the same thing; so is the text of its version."""
    assert (wire.PULL, wire.POLLIN, wire.SocketOption.LINGER) == (pyzmq.PULL, pyzmq.POLLIN, pyzmq.LINGER)
    assert (wire.Again, wire.ZMQError, wire.error) == (pyzmq.Again, pyzmq.ZMQError, pyzmq.error)
    assert wire.zmq_version() == pyzmq.zmq_version()


def test_every_option_is_an_attribute_in_both_spellings(wire):
    """Those that may be set are; every other raises, and none becomes an attribute that nobody reads."""
    with wire.Context() as context, context.socket(wire.DEALER) as socket:
        socket.sndhwm = 7
        assert (socket.SNDHWM, socket.getsockopt(pyzmq.SNDHWM)) == (7, 7)
        for option in pyzmq.SocketOption:
            for name in {option.name, option.name.lower()} - {"subscribe", "unsubscribe"}:
                assert name in dir(type(socket))
        with pytest.raises(WireError, match="CURVE_SERVER is not for a socket"):
            socket.curve_server = True
        with pytest.raises(WireError, match="CONFLATE"):
            socket.CONFLATE = 1


@pytest.mark.parametrize(
    ("use", "told"),
    [
        (lambda socket: socket.send_json({}), "send_json: send_obj"),
        (lambda socket: socket.recv_multipart(), "recv_multipart: send_obj and recv_obj"),
        (lambda socket: socket.send(b""), "no send: send_obj"),
        (lambda socket: socket.monitor("inproc://x"), "no monitor: docs/from-pickle.md"),
        (lambda socket: socket.fileno(), "no fileno: recv_obj takes timeout_s"),
        (lambda socket: socket.nonsense, "has no attribute 'nonsense'"),
        (lambda socket: ours.proxy(socket, socket), "no proxy"),
        (lambda socket: ours.Stopwatch(), "no Stopwatch"),
        (lambda socket: socket.send_pyobj({}, ours.SNDMORE), "no SNDMORE"),
        (lambda socket: socket.context.socket(ours.XPUB), "no socket type"),
        (lambda socket: socket.connect("inproc://x"), "inproc"),
    ],
)
def test_what_is_not_covered_says_so(wire, use, told):
    """At once, where it is used, and what to write instead; nothing is taken and then ignored."""
    with wire.Context() as context, context.socket(wire.DEALER) as socket:
        with pytest.raises((AttributeError, WireError), match=told):
            use(socket)
        assert not hasattr(socket, "send_json")


@pytest.mark.parametrize("value", [(1, 2), {1}, object(), 1j, {("a", 1): 2}, lambda: None])
def test_values_that_only_pickle_could_send_are_told_at_the_sender(wire, value):
    """Without types, a tuple would come back as a list, and a function as code."""
    with wire.Context() as context, context.socket(wire.PUSH) as push:
        push.connect("tcp://127.0.0.1:9")
        with pytest.raises(EncodeError, match="type"):
            push.send_pyobj(value)


def test_a_poller_takes_raw_sockets_and_files_too(wire):
    """Beside sockets of ours: a control socket within the process, a pipe."""
    reading, writing = os.pipe()
    with wire.Context() as context, context.socket(wire.PULL) as pull, pyzmq.Context() as raw:
        one, two = raw.socket(pyzmq.PAIR), raw.socket(pyzmq.PAIR)
        one.bind("inproc://control")
        two.connect("inproc://control")
        push = context.socket(wire.PUSH)
        push.connect(pull.bind("tcp://127.0.0.1:*"))
        poller = wire.Poller()
        for each in (pull, one, reading):
            poller.register(each, pyzmq.POLLIN)
        poller.register(push, pyzmq.POLLOUT)

        ready = {}
        while push not in ready:
            ready = dict(poller.poll(EVENTS_MS))
        assert ready == {push: pyzmq.POLLOUT}
        poller.register(push, 0)
        two.send(b"x")
        os.write(writing, b"x")
        push.send_pyobj(1)
        ready = {}
        while len(ready) < 3:
            ready |= dict(poller.poll())
        assert ready == {pull: pyzmq.POLLIN, one: pyzmq.POLLIN, reading: pyzmq.POLLIN}
        one.close()
        two.close()
    os.close(reading)
    os.close(writing)


def test_a_poller_is_not_woken_by_what_is_refused(open_context, ring):
    """A message of a type that is not known does not count; the time given holds, and then the next one is told."""
    context = open_context("curve")
    pull = context.socket(pyzmq.PULL)
    endpoint = pull.bind("tcp://127.0.0.1:*")
    stranger = open_context("curve", codec=Codec(complex)).socket(pyzmq.PUSH)
    stranger.connect(endpoint)
    poller = ours.Poller()
    poller.register(pull, pyzmq.POLLIN)
    stranger.send_obj(1j, timeout_s=5)

    while not pull.stats.refused:
        assert poller.poll(10) == []
    push = context.socket(pyzmq.PUSH)
    push.connect(endpoint)
    push.send_obj("good", timeout_s=5)

    assert poller.poll(EVENTS_MS) == [(pull, pyzmq.POLLIN)]
    assert pull.recv_obj() == "good"


def test_a_poller_raises_what_is_wrong_with_a_key(open_context):
    """Instead of waiting for ever."""
    pull = open_context("curve").socket(pyzmq.PULL)
    sub = open_context("curve", keys=KeyRing(keys=(Key.new(),))).socket(pyzmq.PAIR)
    sub.connect(pull.bind("tcp://127.0.0.1:*"))
    poller = ours.Poller()
    poller.register(sub, pyzmq.POLLIN)

    with pytest.raises(KeyWrong):
        poller.poll()


def test_an_instance_is_made_anew_after_it_was_closed(wire):
    """Its first call says how it is; a closed one is no instance any more."""
    first = wire.Context.instance(mode="local")
    assert wire.Context.instance() is first
    first.close()
    second = wire.Context.instance(mode="local")
    assert second is not first
    assert wire.asyncio.Context.instance(mode="local") is not second
    wire.asyncio.Context.instance().close()
    second.close()


def test_a_full_queue_keeps_the_order_of_sends_that_nobody_awaits(wire):
    """More than the queues hold: they wait in a row, and the last one's future tells when all are gone."""

    async def served():
        context = wire.asyncio.Context()
        pull, push = context.socket(wire.PULL), context.socket(wire.PUSH)
        pull.rcvhwm = push.sndhwm = 1
        push.connect(pull.bind("tcp://127.0.0.1:*"))
        for number in range(60):
            last = push.send_pyobj({"number": number, "data": bytes(200_000)})
        assert not last.done()
        received = [await pull.recv_pyobj(timeout_s=20) for _ in range(60)]
        await asyncio.wait_for(last, 10)
        with pytest.raises(EncodeError):
            push.send_pyobj(object())
        with pytest.raises(WireError, match="SNDMORE"):
            push.send_pyobj(1, wire.SNDMORE)
        with pytest.raises(wire.Again):
            await pull.recv_pyobj(wire.NOBLOCK)
        context.close()
        return [each["number"] for each in received]

    assert asyncio.run(served()) == list(range(60))


def test_older_names_of_an_option_are_options_too(wire):
    """`socket.identity = …` sets the routing id, as pyzmq does it; an attribute that nobody reads would be a trap."""
    with wire.Context() as context:
        socket = context.socket(wire.DEALER)
        socket.identity = b"asker"

        assert socket.getsockopt(wire.ROUTING_ID) == b"asker"
