"""Screening under `zmq.asyncio`: its tasks are neither woken nor silenced by a message that was dropped."""

import asyncio
import threading

import pytest
import zmq
import zmq.asyncio


@pytest.fixture
def opened():
    """Sockets that are closed at the end."""
    sockets = []
    yield sockets
    for socket in sockets:
        socket.close()


@pytest.fixture
def run(context, opened):
    """`run(body, sends, receives)`: awaits `body(plain sync sender, screened async receiver)`."""

    def running(body, sends=zmq.PUSH, receives=zmq.PULL):
        async def main():
            receiver = zmq.asyncio.Context.shadow(context.underlying).socket(receives)
            opened.append(receiver)
            port = receiver.bind_to_random_port("tcp://127.0.0.1")
            sender = plain_socket(context, sends)
            opened.append(sender)
            sender.connect(f"tcp://127.0.0.1:{port}")
            return await asyncio.wait_for(body(sender, receiver), 20)

        return asyncio.run(main())

    return running


def plain_socket(context, kind):
    """The function's name is the sign for the doorman to stay away."""
    return context.socket(kind)


def test_one_question_a_socket(run, doorman):
    """An asyncio socket is two of pyzmq's objects, and is asked about once."""

    async def body(push, pull):
        push.send(b"good")
        return await pull.recv()

    assert run(body) == b"good"
    assert [site.function for site in doorman.sites] == ["plain_socket", "run.<locals>.running.<locals>.main"][::-1]


def test_a_bad_message_alone_wakes_nobody(run, doorman):
    """The waiting task goes on waiting, and the loop turns."""

    async def body(push, pull):
        waiting = asyncio.ensure_future(pull.recv_multipart())
        await asyncio.sleep(0)
        push.send(b"bad")
        while not doorman.dropped:  # noqa: ASYNC110 (a fake without an event)
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        assert not waiting.done()
        push.send(b"good")
        return await waiting

    assert run(body) == [b"good"]


@pytest.mark.parametrize("sends", ["bad first", "good first"])
def test_what_arrived_together_is_all_delivered(run, sends):
    """There is one edge for many messages."""

    async def body(push, pull):
        for number in range(50):
            for kind in (b"bad", b"good") if sends == "bad first" else (b"good", b"bad"):
                push.send_multipart([b"%d" % number, kind])
        assert await pull.poll(10_000) == zmq.POLLIN
        return [int((await pull.recv_multipart())[0]) for _ in range(50)]

    assert run(body) == list(range(50))


def test_receivers_that_wait_in_a_row(run):
    """Each gets one good message, in the order in which they asked."""

    async def body(push, pull):
        waiting = [asyncio.ensure_future(pull.recv()) for _ in range(20)]
        for number in range(20):
            push.send(b"bad")
            push.send(b"%d" % number)
        return [int(one) for one in await asyncio.gather(*waiting)]

    assert run(body) == list(range(20))


def test_two_thousand_messages_of_both_kinds(run, doorman):
    """All good ones arrive, in order, and no bad one."""

    async def body(push, pull):
        def send():
            for number in range(2_000):
                push.send_multipart([b"%d" % number, b"bad" if number % 3 else b"good"])

        sender = threading.Thread(target=send)
        sender.start()
        got = [int((await pull.recv_multipart())[0]) for _ in range(0, 2_000, 3)]
        sender.join()
        return got

    assert run(body) == list(range(0, 2_000, 3))


def test_the_loop_turns_in_a_flood(run, doorman):
    """Bad messages are dropped in turns; between these, other tasks run, and the good one arrives."""
    flood = 5_000

    async def body(push, pull):
        push.sndhwm = pull.rcvhwm = 0

        def send():
            for _ in range(flood):
                push.send(b"bad")
            push.send(b"good")

        waiting = asyncio.ensure_future(pull.recv())
        sender = threading.Thread(target=send)
        sender.start()
        seen = set()
        while not waiting.done():
            seen.add(len(doorman.dropped))
            await asyncio.sleep(0)
        sender.join()
        assert await waiting == b"good"
        return len(seen)

    assert run(body) > 10
    assert len(doorman.dropped) == flood


def test_timeouts(run):
    """RCVTIMEO and the timeouts of polls neither end early nor late by a bad message."""

    async def body(push, pull):
        push.send(b"bad")
        assert await pull.poll(200) == 0
        push.send(b"bad")
        pull.rcvtimeo = 200
        with pytest.raises(zmq.Again):
            await pull.recv()
        with pytest.raises(zmq.Again):
            await pull.recv(zmq.NOBLOCK)
        push.send(b"good")
        pull.rcvtimeo = 10_000
        return await pull.recv()

    assert run(body) == b"good"


def test_a_poller(run, context, opened):
    """It waits for good messages of async and of blocking sockets."""

    async def body(push, pull):
        blocking = context.socket(zmq.PULL)
        opened.append(blocking)
        blocking.bind("inproc://blocking")
        other = plain_socket(context, zmq.PUSH)
        opened.append(other)
        other.connect("inproc://blocking")
        poller = zmq.asyncio.Poller()
        poller.register(pull, zmq.POLLIN)
        poller.register(blocking, zmq.POLLIN)
        push.send(b"bad")
        other.send(b"bad")
        assert await poller.poll(200) == []
        assert await poller.poll(0) == []
        waiting = asyncio.ensure_future(poller.poll())
        await asyncio.sleep(0)
        other.send(b"good")
        assert await waiting == [(blocking, zmq.POLLIN)]
        assert blocking.recv() == b"good"
        waiting = asyncio.ensure_future(poller.poll())
        push.send(b"bad")
        push.send(b"good")
        assert await waiting == [(pull, zmq.POLLIN)]
        return await pull.recv()

    assert run(body) == b"good"


def test_rep_answers_and_goes_on(run):
    """An async server gets good requests alone; who sent a bad one gets an empty frame."""

    async def body(req, rep):
        serving = asyncio.ensure_future(rep.recv())
        req.send(b"bad")
        assert await asyncio.to_thread(req.recv) == b""
        req.send(b"good")
        assert await serving == b"good"
        await rep.send(b"answer")
        return await asyncio.to_thread(req.recv)

    assert run(body, zmq.REQ, zmq.REP) == b"answer"


def test_frames_and_objects(run):
    """The other ways to receive, by futures."""

    async def body(push, pull):
        push.send(b"bad")
        push.send_multipart([b"a", b"b"])
        first, second = await pull.recv_multipart(copy=False)
        assert (first.bytes, first.more, second.bytes, second.more) == (b"a", True, b"b", False)
        push.send(b"bad")
        push.send_json({"a": 1})
        assert await pull.recv_json() == {"a": 1}
        push.send_pyobj(["a"])
        assert await pull.recv_pyobj() == ["a"]
        push.send(b"bad")
        push.send_string("a")
        return await pull.recv_string()

    assert run(body) == "a"
