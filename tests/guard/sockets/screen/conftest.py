"""Pyzmq changed for one test, with channels that refuse whatever starts with `bad`."""

import os

import pytest
import zmq
import zmq.backend
import zmq.sugar.poll

from gnomon.guard.sockets.screen import patch
from gnomon.guard.sockets.stash import peer_of

DEADLINE_MS = 10_000
POLLS = (zmq, zmq.backend, zmq.sugar.poll)


class Doorman:
    """A channel: refuses messages whose last frame starts with `bad`, and keeps books."""

    def __init__(self, *, drops=True):
        self.drops = drops
        self.sites = []
        self.handed = []
        self.dropped = []
        self.peers = set()
        self._last = None

    def received(self, frames):
        """Written down; the next frame of a message belongs to it."""
        contents = [frame.bytes for frame in frames]
        if frames is self._last:
            self.handed[-1] = contents
        else:
            self.handed.append(contents)
        self._last = frames
        self.peers.add(peer_of(frames[0]))

    def refused(self, frames):
        """Written down too."""
        contents = [frame.bytes for frame in frames]
        if not contents[-1].startswith(b"bad"):
            return False
        self.dropped.append(contents)
        self.peers.add(peer_of(frames[0]))
        return True


@pytest.fixture
def doorman():
    """The channel of every socket that `screened` opens."""
    return Doorman()


@pytest.fixture
def patched(monkeypatch):
    """`patched(opened)` changes pyzmq until the end of the test."""
    before = dict(vars(zmq.Socket))

    def change(opened):
        for module in POLLS:
            monkeypatch.setattr(module, "zmq_poll", zmq.zmq_poll)  # what is changed now is changed back
        patch(zmq, opened)

    monkeypatch.setattr(os, "register_at_fork", lambda **_: None)
    yield change
    for name, value in vars(zmq.Socket).copy().items():
        if name not in before:
            delattr(zmq.Socket, name)
        elif value is not before[name]:
            setattr(zmq.Socket, name, before[name])


@pytest.fixture
def context(patched, doorman):
    """A context of a pyzmq that asks the doorman about each socket that receives."""

    def opened(site):
        doorman.sites.append(site)
        return doorman if site.function != "plain_socket" else None

    patched(opened)
    context = zmq.Context()
    context.linger = 0
    context.rcvtimeo = context.sndtimeo = DEADLINE_MS
    yield context
    context.destroy()


def plain_socket(context, kind):
    """A socket that no channel looks at."""
    return context.socket(kind)


@pytest.fixture
def pair(context):
    """`pair(sends, receives)`: a plain socket, connected to a screened one, or to one that `made_by` makes."""
    opened = []

    def made(sends, receives, address="tcp://127.0.0.1:*", made_by=None):
        receiver = made_by(context, receives) if made_by else context.socket(receives)
        receiver.bind(address)
        sender = plain_socket(context, sends)
        if sends == zmq.DEALER:
            sender.identity = b"dealer"  # a router would make one up
        sender.connect(receiver.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode())
        opened.extend([receiver, sender])
        return sender, receiver

    yield made
    for socket in opened:
        socket.close()


@pytest.fixture
def pipe(pair):
    """A plain PUSH socket, and a screened PULL socket that has at once what was pushed: they share memory."""
    return pair(zmq.PUSH, zmq.PULL, "inproc://pipe")


@pytest.fixture
def plain(context):
    """`plain(kind)`: a socket that no channel looks at."""
    opened = []

    def made(kind):
        opened.append(plain_socket(context, kind))
        return opened[-1]

    yield made
    for socket in opened:
        socket.close()
