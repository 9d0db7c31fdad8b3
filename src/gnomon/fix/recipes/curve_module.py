"""Text of a module that gives pyzmq's own sockets CURVE, with a list of keys that is enforced, and of its test."""

SUMMARY = "CURVE for this program's ZeroMQ sockets: whose key is not on the list is turned away."
TESTS_SUMMARY = "Only clients whose keys are on the list get a message delivered."
IMPORTS = (
    "import asyncio",
    "import contextlib",
    "import inspect",
    "import os",
    "import stat",
    "import sys",
    "import threading",
    "import weakref",
    "from pathlib import Path",
    "from typing import Any",
    "import zmq",
    "import zmq.auth",
)
BODY = '''\
VARIABLE = "CURVE_KEYS"
"""The environment variable that names the folder of keys:

server.key_secret   the key pair of sockets that bind; on their hosts alone
server.key          its public half; everywhere
client.key_secret   the key pair of sockets that connect
clients/            public keys of the clients that are let in; on the servers\' hosts
"""

DOMAIN = "curve"
"""What the sockets and the list of keys are told apart by from others in the process."""
_lock = threading.Lock()
_served: "weakref.WeakSet[zmq.Context[Any]]" = weakref.WeakSet()


def secure_server(socket: "zmq.Socket[Any]") -> None:
    """Let in clients on the list alone; to be called before bind.

    Raises RuntimeError if keys are missing, or others could read or replace them.
    """
    folder = _folder()
    _authenticate(socket.context, _private(folder / "clients"))
    public, secret = _pair(folder / "server.key_secret")
    socket.curve_publickey = public
    socket.curve_secretkey = secret
    socket.curve_server = True
    socket.zap_domain = DOMAIN.encode()
    socket.zap_enforce_domain = True


def secure_client(socket: "zmq.Socket[Any]") -> None:
    """Talk to nobody but the server that has our server key; to be called before connect.

    Raises RuntimeError if keys are missing, or others could read or replace them.
    """
    folder = _folder()
    public, secret = _pair(folder / "client.key_secret")
    socket.curve_publickey = public
    socket.curve_secretkey = secret
    socket.curve_serverkey = _loaded(folder / "server.key")[0]


def make_keys(folder: Path) -> None:
    """Make key pairs for a server and a client, and put the client on the list."""
    clients = folder / "clients"
    clients.mkdir(mode=0o700, parents=True)
    folder.chmod(0o700)
    for name in ("server", "client"):
        public, secret = zmq.auth.create_certificates(folder, name)
        Path(secret).chmod(0o600)
        if name == "client":
            (clients / "client.key").write_bytes(Path(public).read_bytes())


def _authenticate(context: "zmq.Context[Any]", clients: Path) -> None:
    """Have libzmq ask us about each connection of the context, once."""
    with _lock:
        if context in _served:
            return
        if not any(clients.glob("*.key")):
            raise RuntimeError(f"there are no public keys of clients in {clients}")
        raw: zmq.Context[Any] = zmq.Context.shadow(context.underlying)
        authenticator = zmq.auth.Authenticator(raw)
        authenticator.configure_curve(domain=DOMAIN, location=clients)
        authenticator.start()
        threading.Thread(target=_answer, args=(authenticator,), daemon=True).start()
        _served.add(context)


def _answer(authenticator: zmq.auth.Authenticator) -> None:
    """Answer libzmq\'s questions until the context ends."""

    async def answer() -> None:
        while True:
            question = authenticator.zap_socket.recv_multipart()
            answered: Any = authenticator.handle_zap_message(question)
            if inspect.isawaitable(answered):  # since pyzmq 25
                await answered

    with contextlib.suppress(zmq.ContextTerminated):
        asyncio.run(answer())
    authenticator.stop()


def _folder() -> Path:
    name = os.environ.get(VARIABLE)
    if not name:
        raise RuntimeError(
            f"{VARIABLE} has to name the folder of keys; make them with:"
            f" python -I {__file__} FOLDER"
        )
    return _private(Path(name))


def _private(folder: Path) -> Path:
    if not folder.is_dir():
        raise RuntimeError(f"there is no folder of keys {folder}")
    if folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RuntimeError(f"others can put keys into {folder}: chmod go-w {folder}")
    return folder


def _pair(path: Path) -> tuple[bytes, bytes]:
    public, secret = _loaded(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RuntimeError(f"others can read or replace {path}: chmod 600 {path}")
    if secret is None:
        raise RuntimeError(f"{path} has no secret key")
    return public, secret


def _loaded(path: Path) -> tuple[bytes, bytes | None]:
    try:
        return zmq.auth.load_certificate(path)
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{path} can\'t be used: {error}") from error


if __name__ == "__main__":
    make_keys(Path(sys.argv[1]))
'''
TEST_IMPORTS = (
    "import pickle",
    "from collections.abc import Iterator",
    "from pathlib import Path",
    "import pytest",
    "import zmq",
)
TEST_BODY = '''\
_called: list[str] = []


def _note(word: str) -> None:
    _called.append(word)


class _Marker:
    """Says so if somebody unpickles it, and does nothing else."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _note, ("unpickled",)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[zmq.Socket[bytes]]":
    """A socket that binds, with keys of its own."""
    make_keys(tmp_path / "keys")
    monkeypatch.setenv("CURVE_KEYS", str(tmp_path / "keys"))
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(zmq.PULL)
    secure_server(socket)
    socket.bind("tcp://127.0.0.1:*")
    yield socket
    context.destroy(linger=0)


def _sent(server: "zmq.Socket[bytes]", *, secured: bool) -> int:
    """What the server has after a client has sent it a pickle."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    client = context.socket(zmq.PUSH)
    client.linger = 0
    if secured:
        secure_client(client)
    client.connect(server.last_endpoint.decode())
    client.send(pickle.dumps(_Marker()))
    ready = server.poll(10_000 if secured else 1_000)
    context.destroy(linger=0)
    return ready


def test_a_client_on_the_list_is_let_in(server: "zmq.Socket[bytes]") -> None:
    """Who has a key gets messages delivered."""
    assert _sent(server, secured=True)


def test_a_stranger_is_turned_away(server: "zmq.Socket[bytes]") -> None:
    """Nothing arrives of a client without a key, so nothing of it is unpickled."""
    assert not _sent(server, secured=False)
    assert _called == []


def test_a_key_that_is_not_on_the_list_is_turned_away(
    server: "zmq.Socket[bytes]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To know the server\'s public key is not enough."""
    make_keys(tmp_path / "others")
    known = (tmp_path / "keys" / "server.key").read_bytes()
    (tmp_path / "others" / "server.key").write_bytes(known)
    monkeypatch.setenv("CURVE_KEYS", str(tmp_path / "others"))
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    client = context.socket(zmq.PUSH)
    client.linger = 0
    secure_client(client)
    client.connect(server.last_endpoint.decode())
    client.send(pickle.dumps(_Marker()))

    assert not server.poll(1_000)
    context.destroy(linger=0)


def test_nothing_binds_without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without keys does not start."""
    monkeypatch.delenv("CURVE_KEYS", raising=False)
    with zmq.Context() as context, context.socket(zmq.PULL) as socket:
        with pytest.raises(RuntimeError, match="CURVE_KEYS"):
            secure_server(socket)
'''
