"""The asyncio twin: the same messages and errors, and other tasks get their turn."""

import asyncio
import os
import time

import numpy as np
import pytest
import zmq

from gnomon.wire.asyncio import Context
from gnomon.wire.codec import Codec
from gnomon.wire.errors import KeyWrong, Timeout, WireError
from gnomon.wire.keys import Key, KeyRing

MODES = ["curve", "sealed", "local"]
pytestmark = pytest.mark.parametrize("mode", MODES)


@pytest.fixture
def pair(open_context, address, mode):
    """Two connected sockets of the given types: the first one connects."""

    def made(connects, binds):
        context = open_context(mode, made=Context)
        server, client = context.socket(binds), context.socket(connects)
        client.connect(server.bind(address(mode)))
        return client, server

    return made


def test_messages_in_order(pair):
    """Sent and received side by side, small and large."""

    async def run():
        push, pull = pair(zmq.PUSH, zmq.PULL)
        messages = [{"n": number, "a": np.zeros(number * 50)} for number in range(500)]

        async def send():
            for message in messages:
                await push.send_obj(message, timeout_s=10)

        sending = asyncio.create_task(send())
        received = [await pull.recv_obj(timeout_s=10) for _ in messages]
        await sending
        assert [message["n"] for message in received] == list(range(500))

    asyncio.run(run())


def test_questions_and_answers(pair):
    """Many tasks behind one DEALER, and a REQ."""

    async def run(asks):
        client, server = pair(asks, zmq.ROUTER)

        async def serve():
            while True:
                request = await server.recv_from()
                await server.send_obj(request.obj * 2, to=request.peer)

        serving = asyncio.create_task(serve())
        for number in range(50):
            await client.send_pyobj(number, timeout_s=10)
            assert await client.recv_pyobj(timeout_s=10) == number * 2
        serving.cancel()

    asyncio.run(run(zmq.DEALER))


def test_one_socket_sends_and_receives_at_once(pair):
    """A task that waits for a message hears of it though another one is sending on the same socket."""

    async def run():
        one, other = pair(zmq.PAIR, zmq.PAIR)

        async def talk(socket, count):
            for number in range(count):
                await socket.send_obj(number, timeout_s=10)
                if number % 7 == 0:
                    await asyncio.sleep(0)

        async def listen(socket, count):
            return [await socket.recv_obj(timeout_s=10) for _ in range(count)]

        results = await asyncio.gather(talk(one, 2000), talk(other, 2000), listen(one, 2000), listen(other, 2000))
        assert results[2] == results[3] == list(range(2000))

    asyncio.run(run())


def test_what_is_there_is_drained(pair):
    """One wake-up, then all messages that came with it, as many as are asked for at most."""

    async def run():
        push, pull = pair(zmq.PUSH, zmq.PULL)
        for number in range(100):
            await push.send_obj(number, timeout_s=10)
        got = []
        while len(got) < 100:
            some = await pull.drain(most=30)
            assert 1 <= len(some) <= 30
            got += some
        assert got == list(range(100))

    asyncio.run(run())


def test_a_drain_passes_over_what_is_refused(open_context, address, mode):
    """And gives what is behind it."""

    async def run():
        pull = open_context(mode, made=Context, codec=Codec(int)).socket(zmq.PULL)
        push = open_context(mode, codec=Codec(int, str)).socket(zmq.PUSH)
        push.connect(pull.bind(address(mode)))
        for number in range(20):
            push.send_obj(number if number % 2 else "no number", timeout_s=10)
        got = []
        async with asyncio.timeout(10):
            while len(got) < 10:
                got += await pull.drain()
        assert got == list(range(1, 20, 2))
        assert pull.stats.refused == {"unknown-type": 10}

    asyncio.run(run())


def test_a_full_socket_does_not_starve_other_tasks(pair):
    """A task that receives without end lets the others have their turn."""

    async def run():
        push, pull = pair(zmq.PUSH, zmq.PULL)
        turns = 0

        async def count():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async def send():
            for number in range(3000):
                await push.send_obj(number, timeout_s=10)

        counting, sending = asyncio.create_task(count()), asyncio.create_task(send())
        got = 0
        async for _ in pull:
            got += 1
            if got == 3000:
                break
        counting.cancel()
        await sending
        assert turns > 5

    asyncio.run(run())


def test_waiting_ends_in_time_and_by_cancelling(pair):
    """And the next message is not lost by it."""

    async def run():
        push, pull = pair(zmq.PUSH, zmq.PULL)
        with pytest.raises(Timeout):
            await pull.recv_obj(timeout_s=0.05)
        waiting = asyncio.create_task(pull.recv_obj())
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await push.send_obj("kept", timeout_s=10)
        assert await pull.recv_obj(timeout_s=10) == "kept"

    asyncio.run(run())


def test_sending_waits_for_somebody(open_context, address, mode):
    """Until they are there, or the time is over."""

    async def run():
        context = open_context(mode, made=Context)
        push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        endpoint = pull.bind(address(mode))
        pull.close()
        await asyncio.sleep(0.2)
        push.connect(endpoint if mode != "local" else "ipc://channel")
        with pytest.raises(Timeout):
            await push.send_obj(1, timeout_s=0.2)
        sending = asyncio.create_task(push.send_obj(2))
        later = context.socket(zmq.PULL)
        later.bind(endpoint if mode != "local" else "ipc://channel")
        assert await later.recv_obj(timeout_s=10) == 2
        await sending

    asyncio.run(run())


def test_a_wrong_key_wakes_those_who_wait(open_context, address, mode):
    """Within ten seconds, with its id."""
    if mode == "local":
        pytest.skip("no keys in this mode")

    async def run():
        server = open_context(mode, made=Context).socket(zmq.ROUTER)
        wrong = Key.new()
        client = open_context(mode, made=Context, keys=KeyRing(keys=(wrong,))).socket(zmq.DEALER)
        client.connect(server.bind(address(mode)))
        began = time.monotonic()
        with pytest.raises(KeyWrong, match=wrong.id.hex()):
            await client.recv_obj()
        with pytest.raises(KeyWrong, match=wrong.id.hex()):
            await client.send_obj(1)
        assert time.monotonic() - began < 10

    asyncio.run(run())


def test_closing_wakes_those_who_wait(pair):
    """They get an error; closing twice is fine."""

    async def run():
        push, pull = pair(zmq.PUSH, zmq.PULL)
        waiting = asyncio.create_task(pull.recv_obj())
        await asyncio.sleep(0.05)
        pull.close()
        pull.close()
        with pytest.raises(WireError, match="closed"):
            await waiting
        push.close()

    asyncio.run(run())


def test_a_socket_moves_to_another_loop(pair):
    """A program that runs one loop after another."""
    push, pull = pair(zmq.PUSH, zmq.PULL)

    async def run(number):
        receiving = asyncio.create_task(pull.recv_obj(timeout_s=10))
        await asyncio.sleep(0.05)
        await push.send_obj(number, timeout_s=10)
        return await receiving

    assert [asyncio.run(run(number)) for number in range(3)] == [0, 1, 2]


def test_a_flood_of_bad_input_does_not_starve_other_tasks(open_context, address, mode):
    """Refused messages count as work: others have their turn between them."""

    async def run():
        receiving = open_context(mode, made=Context, codec=Codec(int))
        pull, push = receiving.socket(zmq.PULL), open_context(mode).socket(zmq.PUSH)
        push.connect(pull.bind(address(mode)))
        for _ in range(700):
            push.send_obj("no number", timeout_s=10)
        await asyncio.sleep(0.3)
        turns = 0

        async def count():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        with pytest.raises(Timeout):
            await pull.recv_obj(timeout_s=0.5)
        counting.cancel()
        assert pull.stats.refused == {"unknown-type": 700}
        assert turns > 2

    asyncio.run(run())


def test_a_socket_moves_from_a_loop_that_goes_on(pair):
    """It is watched in one loop alone: the one before has nothing of it any more."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    first = asyncio.new_event_loop()

    with pytest.raises(Timeout):
        first.run_until_complete(pull.recv_obj(timeout_s=0.01))

    async def run():
        with pytest.raises(Timeout):
            await pull.recv_obj(timeout_s=0.01)
        await push.send_obj("moved", timeout_s=5)
        return await pull.recv_obj(timeout_s=5)

    assert asyncio.run(run()) == "moved"
    assert not first.remove_reader(pull._raw)
    first.close()


def test_a_wake_up_that_comes_after_closing_is_nothing(pair):
    """One may be on its way already."""
    _, pull = pair(zmq.PUSH, zmq.PULL)
    pull.close()

    pull._wake()

    assert pull.closed


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_that_closes_leaves_its_parent_s_loop_alone(pair):
    """The child has the loop's own descriptor: what it took out of there would be gone for its parent, too."""

    async def run():
        push, pull = pair(zmq.PUSH, zmq.PULL)
        waiting = asyncio.create_task(pull.recv_obj(timeout_s=10))
        await asyncio.sleep(0)

        child = os.fork()
        if child == 0:
            pull.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0  # noqa: ASYNC222 (it ends at once)
        await push.send_obj("after", timeout_s=5)

        assert await waiting == "after"

    asyncio.run(run())


def test_a_tuple_goes_as_the_type_that_is_named(open_context, address, mode):
    """As at a blocking socket, by both ways of sending."""

    async def exchanged():
        row = tuple[str, int]
        context = open_context(mode, made=Context, codec=Codec(row))
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        push.connect(pull.bind(address(mode)))
        await push.send_obj(("a", 1), as_type=row, timeout_s=5)
        await push.send_pyobj(("b", 2), as_type=row, timeout_s=5)
        return [await pull.recv_obj(timeout_s=5) for _ in range(2)]

    assert asyncio.run(exchanged()) == [("a", 1), ("b", 2)]
