"""Contexts over real sockets: loopback with a free port, or a private folder."""

import contextlib
import threading

import pytest
import zmq

from gnomon.wire.codec import Codec
from gnomon.wire.context import Context
from gnomon.wire.keys import Key, KeyRing


@pytest.fixture
def ring():
    """A ring with one shared key."""
    return KeyRing(keys=(Key.new(),))


@pytest.fixture
def open_context(ring, tmp_path):
    """Makes contexts that are closed at the end: `open_context(mode, …)`, with the shared key if none is given."""
    with contextlib.ExitStack() as stack:

        def opened(mode, *, made=Context, **options):
            options.setdefault("keys", ring)
            options.setdefault("codec", Codec())
            options.setdefault("linger_s", 1)
            return stack.enter_context(made(mode=mode, folder=tmp_path / "wire", **options))

        yield opened


@pytest.fixture
def address(tmp_path):
    """Where a socket of a mode can bind."""

    def chosen(mode):
        return "ipc://channel" if mode == "local" else "tcp://127.0.0.1:*"

    return chosen


class Thief:
    """Somebody on the way with plain pyzmq and no key: takes what is sent, and sends what it likes."""

    def __init__(self):
        self.context = zmq.Context()
        self.greetings = []
        self._sockets = []
        self._asked = self.context.socket(zmq.REP)
        self._asked.bind("inproc://zeromq.zap.01")
        self._thread = threading.Thread(target=self._let_everybody_in, daemon=True)
        self._thread.start()

    def _let_everybody_in(self):
        with contextlib.suppress(zmq.ContextTerminated):
            while True:
                request = self._asked.recv_multipart()
                self.greetings.append(request[6:])
                self._asked.send_multipart([b"1.0", request[1], b"200", b"", b"", b""])
        self._asked.close(0)

    def server(self, kind, *, greeted=False):
        """(socket, endpoint) that poses as the server of mode `sealed`."""
        socket = self.context.socket(kind)
        socket.linger = 0
        self._sockets.append(socket)
        if greeted:
            socket.plain_server = True
            socket.zap_domain = b"any"
        return socket, f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}"

    def client(self, kind, endpoint, *, greeting=None, curve=None):
        """A socket that connects, with a stolen greeting, or with (public, secret, server's public) keys."""
        socket = self.context.socket(kind)
        socket.linger = 0
        self._sockets.append(socket)
        if greeting:
            socket.plain_username, socket.plain_password = greeting
        if curve:
            socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = curve
        socket.connect(endpoint)
        return socket

    def close(self):
        """End it."""
        for socket in self._sockets:
            socket.close()
        self.context.term()
        self._thread.join(5)


@pytest.fixture
def thief():
    """A `Thief`."""
    thief = Thief()
    yield thief
    thief.close()
