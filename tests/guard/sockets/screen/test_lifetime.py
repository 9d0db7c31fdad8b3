"""How long a stash lives, who shares it, and how little it holds."""

import copy
import gc
import os
import subprocess
import sys
import threading
import weakref

import pytest
import zmq

from gnomon.guard.sites import Site
from gnomon.guard.sockets.screen import KNOWN


def test_a_socket_is_asked_about_once_with_the_place_that_made_it(context, doorman):
    """The function of the program, not pyzmq's; a shadow of the socket is no new one."""

    class Server:
        def listen(self):
            with context.socket(zmq.PULL) as made, zmq.Socket.shadow(made.underlying):
                return made.underlying

    assert Server().listen()
    assert [site.function.rpartition(".<locals>.")[2] for site in doorman.sites] == ["Server.listen"]
    assert all(type(site) is Site and site.file.endswith("test_lifetime.py") for site in doorman.sites)


def test_a_socket_without_a_channel_is_as_pyzmq_made_it(pair):
    """Nothing is kept for it."""
    left, right = pair(zmq.PAIR, zmq.PAIR, "inproc://pair")
    right.send(b"bad")

    assert left.recv() == b"bad"
    assert left.underlying not in KNOWN
    assert right.underlying in KNOWN


def test_shadows_share_the_stash(pipe):
    """Whichever of pyzmq's objects took the message, all serve it."""
    push, pull = pipe
    push.send(b"bad")
    push.send_multipart([b"a", b"b"])
    shadow, twin = zmq.Socket.shadow(pull.underlying), copy.copy(pull)

    assert shadow.poll(0) == zmq.POLLIN
    assert pull.recv() == b"a"
    assert twin.get(zmq.RCVMORE) == 1
    assert twin.recv() == b"b"


def test_closing_frees_the_stash(pipe):
    """And what waited in it."""
    push, pull = pipe
    push.send(b"good")
    assert pull.poll(0) == zmq.POLLIN
    address, stash = pull.underlying, weakref.ref(KNOWN[pull.underlying])
    assert stash().waiting

    pull.close()
    gc.collect()

    assert stash() is None
    assert address not in KNOWN


@pytest.mark.parametrize("asks", [lambda pull: pull.poll(0), lambda pull: pull.get(zmq.EVENTS)], ids=["poll", "EVENTS"])
def test_one_message_is_taken_ahead_at_most(context, plain, asks):
    """The high-water mark goes on to hold back the sender."""
    pull, push = context.socket(zmq.PULL), plain(zmq.PUSH)
    push.sndhwm = pull.rcvhwm = 5
    pull.bind("inproc://narrow")
    push.connect("inproc://narrow")
    sent = 0
    while push.poll(0, zmq.POLLOUT):
        push.send(b"good")
        sent += 1

    for _ in range(20):
        assert asks(pull)

    assert len(KNOWN[pull.underlying].waiting) == 1
    received = 0
    while pull.poll(0):
        assert pull.recv() == b"good"
        received += 1
    assert received == sent
    pull.close()


def test_a_socket_that_moves_to_another_thread(pipe):
    """As pyzmq allows it, if one thread has it at a time."""
    push, pull = pipe
    push.send(b"bad")
    push.send_multipart([b"a", b"b"])
    assert pull.poll(0) == zmq.POLLIN
    assert pull.recv() == b"a"
    got = []

    other = threading.Thread(target=lambda: got.append(pull.recv()))
    other.start()
    other.join()

    assert got == [b"b"]


FORKS = """
import os, zmq
from gnomon.guard.sockets import screen

class Channel:
    drops = True
    def received(self, frames): pass
    def refused(self, frames): return frames[0].bytes == b"bad"

screen.patch(zmq, lambda site: Channel())

def turn(address):
    context = zmq.Context()
    pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    pull.bind(address)
    push.connect(address)
    for message in (b"bad", b"a", b"bad", b"b"):
        push.send(message)
    assert pull.poll(0) == zmq.POLLIN
    return context, push, pull

context, push, pull = turn("inproc://before")
if os.fork() == 0:
    assert not any(stash.waiting for stash in screen.KNOWN.values())
    mine, *sockets = turn("inproc://after")
    assert (sockets[1].recv(), sockets[1].recv()) == (b"a", b"b")
    os._exit(7)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 7
assert (pull.recv(), pull.recv()) == (b"a", b"b")
push.close()
pull.close()
context.term()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork():
    """The child has none of its parent's messages, and screens sockets of its own; the parent goes on."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", FORKS], timeout=60, check=False)

    assert done.returncode == 0


INTERRUPTED = """
import signal, zmq
from gnomon.guard.sockets import screen

class Channel:
    drops = True
    def received(self, frames): pass
    def refused(self, frames): return frames[0].bytes == b"bad"

class Late(Exception):
    pass

def late(*_):
    raise Late

screen.patch(zmq, lambda site: Channel())
context = zmq.Context()
pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
pull.bind("inproc://here")
push.connect("inproc://here")
signal.signal(signal.SIGALRM, late)
for wait in (pull.recv, pull.poll):
    push.send(b"bad")
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        wait()
    except Late:
        push.send(b"good")
        assert pull.recv() == b"good"
    else:
        raise SystemExit("the signal did not end the wait")
push.close()
pull.close()
context.term()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs signals")
def test_a_signal_ends_a_wait_and_loses_nothing():
    """What a handler raises comes out of `recv` and `poll` as with pyzmq."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", INTERRUPTED], timeout=60, check=False)

    assert done.returncode == 0
