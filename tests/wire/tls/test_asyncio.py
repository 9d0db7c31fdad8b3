"""The asyncio twin over TLS: the same messages and errors, and no thread."""

import asyncio
import contextlib
import socket
import threading

import numpy as np
import pytest
import zmq

from gnomon.wire.asyncio import Context
from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, KeyWrong, Timeout, WireError
from tests.wire.tls.conftest import CLIENT


@pytest.fixture
def pair(places, open_context):
    """A server and clients: `pair(clients)`."""

    def made(count=1, **options):
        server = open_context(places.serving(**options), made=Context).socket(zmq.REP)
        endpoint = server.bind("tls://127.0.0.1:*")
        clients = [open_context(places.asking(), made=Context).socket(zmq.REQ) for _ in range(count)]
        for client in clients:
            client.connect(endpoint)
        return server, clients

    return made


async def _serve(server):
    while True:
        request = await server.recv_from()
        await server.send_obj([request.obj, request.peer.name])


def test_questions_and_answers(pair):
    """Of several clients, small and large."""
    server, clients = pair(5)

    async def ask(client, number):
        for size in (0, 10, 1_000_000):
            await client.send_obj([number, np.full(size, number)], timeout_s=10)
            (back, array), name = await client.recv_obj(timeout_s=10)
            assert (back, array.size, name) == (number, size, CLIENT)
            assert (array == number).all()

    async def run():
        serving = asyncio.create_task(_serve(server))
        await asyncio.gather(*(ask(client, number) for number, client in enumerate(clients)))
        serving.cancel()

    before = threading.active_count()
    asyncio.run(run())
    assert threading.active_count() == before
    assert server.stats.received == 15


def test_a_loop_that_ended_and_another_one(pair):
    """Sockets go on in the next one, from the first use of theirs in it."""
    server, (client,) = pair()

    async def run(number):
        receiving = asyncio.create_task(server.recv_obj(timeout_s=5))
        await client.send_obj(number, timeout_s=5)
        assert await receiving == number
        await server.send_obj(-number)
        assert await client.recv_obj(timeout_s=5) == -number

    asyncio.run(run(1))
    asyncio.run(run(2))


def test_one_exchange_in_one_task(pair):
    """Where nobody else drives the server: the client's wait for it is enough."""

    async def run():
        server, (client,) = pair()
        with pytest.raises(Timeout):
            await server.recv_obj(timeout_s=0.01)
        await client.send_obj(1, timeout_s=5)
        assert await server.drain() == [1]
        await server.send_obj(2)
        async for reply in client:
            assert reply == 2
            break
        await client.send_obj(3, timeout_s=5)
        async for request in server:
            assert request == 3
            break
        await server.send_obj(4)
        assert await client.drain() == [4]

    asyncio.run(run())


def test_many_messages_let_other_tasks_have_their_turn(pair):
    """As over libzmq."""

    async def run():
        server, (client,) = pair()
        serving = asyncio.create_task(_serve(server))
        for number in range(600):
            await client.send_obj(number, timeout_s=5)
            assert await client.recv_obj(timeout_s=5) == [number, CLIENT]
        serving.cancel()

    asyncio.run(run())


def test_send_pyobj_sends_whether_it_is_awaited_or_not(pair):
    """What it was given as it was; an object that can't be sent raises at once."""

    async def run():
        server, (client,) = pair()
        array = np.zeros(1_000_000)
        asking = client.send_pyobj(array)
        array[:] = 1
        assert not (await server.recv_pyobj()).any()
        answering = server.send_pyobj(2)
        assert await client.recv_pyobj(timeout_s=5) == 2
        assert (await asking, await answering) == (None, None)
        with pytest.raises(EncodeError):
            client.send_pyobj(object())
        with pytest.raises(WireError, match="not connected"):
            client.context.socket(zmq.REQ).send_pyobj(1)
        client.send_pyobj(3)
        assert await server.recv_pyobj() == 3
        with pytest.raises(Timeout):
            await client.recv_pyobj(zmq.NOBLOCK)

    asyncio.run(run())


def test_times_run_out(pair):
    """For a request that nobody takes, an answer that does not come, and a request that does not."""

    async def run():
        server, (client,) = pair()
        with pytest.raises(Timeout, match="nothing was received within"):
            await server.recv_obj(timeout_s=0.05)
        await client.send_obj(1, timeout_s=5)
        with pytest.raises(Timeout, match="nothing was received within"):
            await client.recv_obj(timeout_s=0.05)
        assert await server.recv_obj(timeout_s=5) == 1
        await server.send_obj("late")
        await client.send_obj(2, timeout_s=5)
        assert await server.recv_obj(timeout_s=5) == 2
        await server.send_obj("in time")
        assert await client.recv_obj(timeout_s=5) == "in time"

    asyncio.run(run())


def test_a_copy_is_sent_by_default(pair):
    """An array that is changed while the task waits arrives as it was."""

    async def run():
        server, (client,) = pair()
        array = np.zeros(5_000_000)
        sending = asyncio.create_task(client.send_obj(array, timeout_s=10))
        await asyncio.sleep(0)
        array[:] = 1
        assert not (await server.recv_obj(timeout_s=10)).any()
        await sending
        array[:] = 0
        await server.send_obj(array)
        array[:] = 1
        assert not (await client.recv_obj(timeout_s=10)).any()

    asyncio.run(run())


def test_a_client_that_is_not_let_in(pair, places, open_context):
    """Gets the same error."""
    server, _ = pair(clients=("other.example",))
    client = open_context(places.asking(), made=Context).socket(zmq.REQ)

    async def run():
        client.connect(server.bind("tls://127.0.0.1:*"))
        serving = asyncio.create_task(_serve(server))
        with pytest.raises(KeyWrong, match="is among its clients"):
            await client.send_obj(1, timeout_s=10)
        serving.cancel()

    asyncio.run(run())
    assert server.stats.strangers == 1


def test_nobody_there(places, open_context):
    """The error says what was tried."""
    client = open_context(places.asking(), made=Context).socket(zmq.REQ)
    client.connect("tls://127.0.0.1:1")

    async def run():
        with pytest.raises(Timeout, match="refused"):
            await client.send_obj(1, timeout_s=0.3)

    asyncio.run(run())


def test_a_server_that_is_gone(pair):
    """Its client is told at once."""

    async def run():
        server, (client,) = pair()
        await client.send_obj(1, timeout_s=5)
        assert await server.recv_obj(timeout_s=5) == 1
        server.close()
        with pytest.raises(Timeout, match="it ended the connection"):
            await client.recv_obj()

    asyncio.run(run())


def test_one_task_at_a_time_asks(pair):
    """A second one gets an error, and disturbs nothing."""

    async def run():
        server, (client,) = pair()
        await client.send_obj(1, timeout_s=5)
        first = asyncio.create_task(client.recv_obj(timeout_s=5))
        await asyncio.sleep(0)
        with pytest.raises(WireError, match="another task"):
            await client.recv_obj(timeout_s=5)
        assert await server.recv_obj(timeout_s=5) == 1
        await server.send_obj(2)
        assert await first == 2

    asyncio.run(run())


def test_closing_wakes_tasks_that_wait(pair):
    """With an error."""

    async def run():
        server, (client,) = pair()
        await client.send_obj(1, timeout_s=5)
        assert await server.recv_obj(timeout_s=5) == 1
        waiting = [asyncio.create_task(socket.recv_obj()) for socket in (server, client)]
        await asyncio.sleep(0.01)
        client.close()
        server.close()
        for task in waiting:
            with pytest.raises(WireError, match="closed"):
                await task

    asyncio.run(run())


def test_a_task_that_is_cancelled(pair):
    """While it connects, and while it waits for a request: what comes next is served."""

    async def run():
        server, (client,) = pair()
        for _ in range(3):
            sending = asyncio.create_task(client.send_obj(0, timeout_s=5))
            receiving = asyncio.create_task(server.recv_obj())
            await asyncio.sleep(0)
            sending.cancel()
            receiving.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)
        await client.send_obj(1, timeout_s=5)
        assert await server.recv_obj(timeout_s=5) == 1

    asyncio.run(run())


def test_a_request_that_is_refused(pair, open_context, places):
    """Is passed over, and its client told that there will be no answer."""

    async def run():
        server, (client,) = pair()
        bad = open_context(places.asking(), made=Context, codec=Codec(int)).socket(zmq.REQ)
        bad.connect(server.bind("tls://127.0.0.1:*"))
        await bad.send_obj(1, timeout_s=5)
        receiving = asyncio.create_task(server.recv_obj(timeout_s=5))
        with pytest.raises(Timeout, match="no answer"):
            await bad.recv_obj()
        await client.send_obj("good", timeout_s=5)
        assert await receiving == "good"
        assert server.stats.refused == {"unknown-type": 1}

    asyncio.run(run())


def test_a_request_that_is_not_taken(places, open_context):
    """Its task is told, when its own time is over or the message's."""
    context = open_context(places.asking(message_s=1.5), made=Context)
    server = open_context(places.serving(), made=Context).socket(zmq.REP)

    async def run():
        endpoint = server.bind("tls://127.0.0.1:*")
        for timeout_s, words in ((0.2, "nobody took"), (20, "it did not answer in time")):
            client = context.socket(zmq.REQ)
            client.connect(endpoint)
            assert await _connected(client)
            asyncio.get_running_loop().remove_reader(server._server.descriptor)  # from here on nobody reads
            with pytest.raises(Timeout, match=words):
                await client.send_obj(np.zeros(2_000_000), timeout_s=timeout_s)
            asyncio.get_running_loop().add_reader(server._server.descriptor, server._turn)

    async def _connected(client):
        await client.send_obj(1, timeout_s=5)
        await server.recv_obj(timeout_s=5)
        await server.send_obj(2)
        return await client.recv_obj(timeout_s=5)

    asyncio.run(run())


def test_two_loops(pair):
    """The one in which a socket is awaited serves it."""
    loops = [asyncio.new_event_loop() for _ in range(2)]
    server, (client,) = pair()

    async def ask(number):
        receiving = asyncio.create_task(server.recv_obj(timeout_s=5))
        await client.send_obj(number, timeout_s=5)
        assert await receiving == number
        await server.send_obj(number)
        assert await client.recv_obj(timeout_s=5) == number

    for number, loop in enumerate((*loops, *loops)):
        loop.run_until_complete(ask(number))
    server.close()
    client.close()
    for loop in loops:
        loop.close()


@pytest.fixture
def idle(places, open_context):
    """A server that nobody asks anything: `idle()` is (socket, waits in an event loop of its own, connects to it)."""
    with contextlib.ExitStack() as stack:

        def made(**options):
            server = open_context(places.serving(), made=Context, **options).socket(zmq.REP)
            address = ("127.0.0.1", int(server.bind("tls://127.0.0.1:*").rpartition(":")[2]))

            async def wait():
                with pytest.raises(Timeout):
                    await server.recv_obj(timeout_s=0.4)

            return server, lambda: asyncio.run(wait()), lambda: stack.enter_context(socket.create_connection(address))

        yield made


def test_a_stranger_that_is_dropped_in_the_turn_in_which_it_speaks(idle):
    """Of two things that happened, the first one may be the end of the other one's connection."""
    server, wait, connect = idle()
    first, *_ = [connect() for _ in range(64)]
    wait()

    connect()
    first.sendall(b"x")
    wait()

    assert server.stats.strangers == 1


def test_a_stranger_is_counted_once(idle):
    """Though it is sent away twice: for what it said, and to make room while it is given time to hear of that."""
    server, wait, connect = idle()
    first, *_ = [connect() for _ in range(64)]
    first.sendall(b"junk, not TLS")
    wait()
    assert server.stats.strangers == 1

    connect()
    wait()

    assert server.stats.strangers == 1


def test_the_oldest_strangers_go_first(idle):
    """Where there are more than are waited for."""
    server, wait, connect = idle()
    for _ in range(66):
        connect()

    wait()

    assert server.stats.strangers == 2


def test_a_handshake_has_its_time(idle):
    """By the event loop's clock."""
    server, wait, connect = idle(handshake_s=0.2)
    connect()

    wait()

    assert server.stats.strangers == 1


def test_requests_that_are_there_are_drained(pair):
    """All at once; the last of them can be answered."""

    async def run():
        server, clients = pair(3)
        for number, client in enumerate(clients):
            await client.send_obj(number, timeout_s=5)
        while len(server._server.inbox) < 3:
            await server._until_released()

        assert sorted(await server.drain()) == [0, 1, 2]

    asyncio.run(run())
