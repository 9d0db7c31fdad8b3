"""The thread that watches connections ends, whoever ends it and however often; then its sockets say so."""

import threading
import time

import zmq

from gnomon.wire.handshake import Connections
from gnomon.wire.stats import Complaints, Counts
from gnomon.wire.watch import Watch


def _nobody(mechanism, credentials):
    return None


def _watched(watch, context):
    socket = context.socket(zmq.PULL)
    socket.linger = 0
    connections = Connections(binds=True, name="PULL", counts=Counts(), complaints=Complaints())
    watch.add(socket, connections)
    return socket, connections


def test_it_may_be_stopped_twice():
    """The second time there is nothing left to do; what it watched says that nobody does."""
    context = zmq.Context()
    watch = Watch(context, _nobody, None)
    socket, connections = _watched(watch, context)

    watch.stop()
    watch.stop()

    assert not watch._thread.is_alive()
    assert "ended by an error" in str(connections.trouble)
    socket.disable_monitor()  # nobody reads any more, and yet it does not wait
    socket.close()
    watch.release(connections)
    context.term()


def test_it_may_be_stopped_from_within():
    """As by a context that is forgotten while its own thread runs; it does not wait for itself."""
    context = zmq.Context()
    watches = []
    watch = Watch(context, _nobody, lambda: watches.pop().stop())
    watches.append(watch)

    watch._thread.join(5)

    assert not watch._thread.is_alive()
    context.term()


def test_it_ends_with_a_context_that_somebody_else_ended():
    """Its sockets are closed, so that nobody waits for them for ever."""
    context = zmq.Context()
    watch = Watch(context, _nobody, None)
    socket, connections = _watched(watch, context)
    ending = threading.Thread(target=context.term)
    ending.start()

    watch._thread.join(5)
    watch.stop()
    socket.close()
    ending.join(5)

    assert not watch._thread.is_alive()
    assert not ending.is_alive()
    assert connections.trouble is not None


def test_its_pulse_is_felt_about_once_a_second():
    """Not more often, whatever happens to the sockets."""
    context = zmq.Context()
    felt = []
    watch = Watch(context, _nobody, lambda: felt.append(time.monotonic()))
    deadline = time.monotonic() + 10
    while len(felt) < 2 and time.monotonic() < deadline:
        socket, connections = _watched(watch, context)
        socket.disable_monitor()
        socket.close()
        watch.release(connections)
        time.sleep(0.01)
    watch.stop()

    assert felt[1] - felt[0] >= 1
    context.term()
