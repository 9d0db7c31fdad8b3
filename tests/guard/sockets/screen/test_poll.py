"""Whatever a program waits with, it is told of good messages alone, and its wait has the length it asked for."""

import asyncio
import os
import socket
import threading
import time

import pytest
import zmq


def test_poll_tells_of_good_messages_alone(pipe, doorman):
    """A bad one is gone when `poll` returns; a good one is there as often as it is asked for."""
    push, pull = pipe
    push.send(b"bad")

    assert pull.poll(0) == 0
    assert doorman.dropped == [[b"bad"]]
    push.send(b"bad")
    push.send(b"good")
    assert [pull.poll(0), pull.poll(), pull.poll(1_000)] == [zmq.POLLIN] * 3
    assert pull.recv() == b"good"
    assert pull.poll(0) == 0


def test_a_wait_is_not_ended_by_a_bad_message(pipe, doorman):
    """Nor does it get longer: `test_waits_end_in_a_flood_of_bad_messages`."""
    push, pull = pipe
    push.send(b"bad")
    began = time.monotonic()

    assert pull.poll(300) == 0
    assert time.monotonic() - began >= 0.29
    assert doorman.dropped == [[b"bad"]]


def test_a_wait_without_end_ends_with_a_good_message(pair):
    """`poll(None)` goes on after bad ones."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    for message in (b"bad", b"bad", b"good"):
        push.send(message)

    assert pull.poll(None) == zmq.POLLIN
    assert pull.recv(zmq.NOBLOCK) == b"good"


def test_a_poller_of_many_things(context, pair):
    """Screened and plain sockets, native ones and descriptors: each says what pyzmq says of it."""
    push, pull = pair(zmq.PUSH, zmq.PULL, "inproc://screened")
    left, right = pair(zmq.PAIR, zmq.PAIR, "inproc://pair")
    near, far = socket.socketpair()
    reader, writer = os.pipe()
    poller = zmq.Poller()
    poller.register(near, zmq.POLLIN)
    poller.register(pull, zmq.POLLIN)
    poller.register(reader, zmq.POLLIN)
    poller.register(left, zmq.POLLIN)
    poller.register(right, zmq.POLLIN | zmq.POLLOUT)
    try:
        push.send(b"bad")
        assert dict(poller.poll(0)) == {right: zmq.POLLOUT}
        far.send(b"x")
        os.write(writer, b"x")
        push.send(b"good")
        left.send(b"bad")
        right.send(b"anything")
        expected = {near.fileno(): zmq.POLLIN, pull: zmq.POLLIN, reader: zmq.POLLIN, left: zmq.POLLIN}
        assert dict(poller.poll()) == {**expected, right: zmq.POLLOUT}
        left.send(b"good")
        assert dict(poller.poll(0)) == {**expected, right: zmq.POLLIN | zmq.POLLOUT}
    finally:
        for descriptor in (reader, writer):
            os.close(descriptor)
        near.close()
        far.close()


def test_a_bad_message_does_not_hide_another_socket(pair):
    """A wait ends as soon as something else happens."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    near, far = socket.socketpair()
    poller = zmq.Poller()
    poller.register(pull, zmq.POLLIN)
    poller.register(near, zmq.POLLIN)
    with near, far:
        push.send(b"bad")
        late = threading.Timer(0.1, far.send, [b"x"])
        late.start()

        assert poller.poll() == [(near.fileno(), zmq.POLLIN)]
        late.join()


def test_select(pipe):
    """`zmq.select` asks the same."""
    push, pull = pipe
    push.send(b"bad")

    assert zmq.select([pull], [push], [], 0) == ([], [push], [])
    push.send(b"good")
    assert zmq.select([pull], [], []) == ([pull], [], [])


def test_events_and_descriptor(pair, doorman):
    """Who waits for edges of the descriptor, and asks EVENTS until there is nothing, misses no message."""
    push, pull = pair(zmq.PUSH, zmq.PULL)
    sent = [b"bad" if number % 4 else b"%d" % number for number in range(400)]

    def send():
        for message in sent:
            push.send(message)

    sender = threading.Thread(target=send)
    sender.start()
    got = []
    waiter = zmq.sugar.poll.Poller()
    waiter.register(pull.FD, zmq.POLLIN)
    while len(got) < 100:
        assert waiter.poll(10_000), "an edge was missed"
        while pull.get(zmq.EVENTS) & zmq.POLLIN:
            got.append(pull.recv(zmq.NOBLOCK))
    sender.join()

    assert got == sent[::4]
    assert len(doorman.dropped) == 300


def test_pollout_alone_takes_nothing(pair, doorman):
    """Who only wants to send has nothing screened."""
    left, right = pair(zmq.PAIR, zmq.PAIR, "inproc://pair")
    left.send(b"bad")

    assert right.poll(0, zmq.POLLOUT) == zmq.POLLOUT
    assert doorman.dropped == []


def test_a_loop_that_polls_without_waiting_never_stalls(pair, doorman):
    """The loop of LMDeploy 0.9.2's RPC server: after a bad message alone, the other tasks of its event loop go on."""
    dealer, router = pair(zmq.DEALER, zmq.ROUTER)
    served = []

    async def serve():
        poller = zmq.Poller()
        poller.register(router, zmq.POLLIN)
        while True:
            if router in dict(poller.poll(0)):
                served.append(router.recv_multipart()[1])
            else:
                await asyncio.sleep(0)

    async def steps(until):
        turns = 0
        while turns < 100 or not until():
            turns += 1
            await asyncio.sleep(0)

    async def main():
        server = asyncio.create_task(serve())
        dealer.send(b"bad")
        await asyncio.wait_for(steps(lambda: doorman.dropped), 10)
        dealer.send(b"good")
        await asyncio.wait_for(steps(lambda: served), 10)
        server.cancel()

    asyncio.run(main())

    assert served == [b"good"]


@pytest.mark.parametrize("closing", ["close", "destroy"])
def test_a_closed_socket_says_so(pipe, context, closing):
    """What waited in the stash went with it."""
    push, pull = pipe
    push.send(b"good")
    assert pull.poll(0) == zmq.POLLIN

    if closing == "close":
        pull.close()
    else:
        push.close()
        context.destroy()

    with pytest.raises(zmq.ZMQError):
        pull.recv(zmq.NOBLOCK)
    with pytest.raises(zmq.ZMQError):
        pull.get(zmq.EVENTS)
    with pytest.raises(zmq.ZMQError):
        pull.poll(0)
