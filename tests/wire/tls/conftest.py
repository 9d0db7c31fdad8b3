"""Contexts of mode tls over loopback, with certificates of a CA that the tests made."""

import contextlib
import threading

import pytest
import zmq

from gnomon.wire.codec import Codec
from gnomon.wire.context import Context
from gnomon.wire.errors import WireError
from gnomon.wire.tls.settings import Tls
from tests.wire.tls.authority import Authority

CLIENT = "spiffe://partner.example/loader"


class Places:
    """A CA, a foreign one, and who has a certificate of the first."""

    def __init__(self, folder):
        self.authority = Authority(folder / "own")
        self.foreign = Authority(folder / "foreign", "Foreign CA")
        self.server = self.authority.issue("server", "localhost", "127.0.0.1", "spiffe://own.example/server")
        self.client = self.authority.issue("client", CLIENT)

    def tls(self, certificate, **options):
        """Settings of an end with the certificate."""
        return Tls(certificate=certificate, ca=options.pop("ca", self.authority.ca), **options)

    def serving(self, **options):
        """Settings of the server."""
        options.setdefault("clients", (CLIENT,))
        return self.tls(options.pop("certificate", self.server), **options)

    def asking(self, **options):
        """Settings of the client."""
        return self.tls(options.pop("certificate", self.client), **options)


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """`Places`."""
    return Places(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def open_context():
    """Makes contexts that are closed at the end: `open_context(tls, …)`."""
    with contextlib.ExitStack() as stack:

        def opened(tls, *, made=Context, **options):
            options.setdefault("codec", Codec())
            options.setdefault("linger_s", 1)
            return stack.enter_context(made(mode="tls", tls=tls, **options))

        yield opened


@pytest.fixture
def serve(places, open_context):
    """Starts a REP socket that doubles numbers, in a thread: `serve(**tls)` is (socket, endpoint)."""
    threads = []
    sockets = []

    def served(tls=None, **options):
        socket = open_context(tls or places.serving(), **options).socket(zmq.REP)
        endpoint = socket.bind("tls://127.0.0.1:*")

        def run():
            with contextlib.suppress(WireError):
                while True:
                    request = socket.recv_from()
                    socket.send_obj([request.obj, request.peer.name])

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        sockets.append(socket)
        return socket, endpoint

    yield served
    for socket in sockets:
        socket.stop()
        socket.close()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


@pytest.fixture
def ask(places, open_context):
    """Makes a REQ socket that connects: `ask(endpoint, **tls)`."""

    def asking(endpoint, tls=None, *, server=None, **options):
        socket = open_context(tls or places.asking(), **options).socket(zmq.REQ)
        socket.connect(endpoint, server=server)
        return socket

    return asking
