"""Who is let in over TLS, and what each end is told when somebody is not: within ten seconds, and never a hang."""

import contextlib
import socket
import ssl
import threading
import time

import pytest
import zmq

from gnomon.wire.errors import KeyMissing, KeyWrong, Timeout, WireError
from tests.wire.tls.conftest import CLIENT


def _refused(client, words):
    """The client gets an error that says so, within ten seconds."""
    began = time.monotonic()
    with pytest.raises(KeyWrong, match=words):
        client.send_obj("hello", timeout_s=20)
    assert time.monotonic() - began < 10


def _turned_away(server, caplog, words):
    """The server has counted and told it, and was given nothing."""
    deadline = time.monotonic() + 5
    while words not in caplog.text:
        assert time.monotonic() < deadline, caplog.text
        time.sleep(0.01)
    assert server.stats.strangers >= 1
    assert (server.stats.received, server.stats.connections) == (0, 0)


def test_both_ends_know_who_the_other_is(serve, ask):
    """The server by the name on its list, the client by the one it asked for."""
    server, endpoint = serve()
    client = ask(endpoint)

    for number in range(3):
        client.send_obj(number, timeout_s=5)
        reply = client.recv_from(timeout_s=5)

        assert (reply.obj, reply.peer.name) == ([number, CLIENT], "127.0.0.1")
    assert (server.stats.connections, server.stats.strangers) == (1, 0)
    assert (client.stats.sent, client.stats.received, client.stats.connections) == (3, 3, 1)


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "spiffe://own.example/server"])
def test_a_server_is_known_by_any_of_its_names(serve, ask, name):
    """A DNS name, an address, or a URI."""
    _, endpoint = serve()
    client = ask(endpoint, server=name)

    client.send_obj(1, timeout_s=5)

    assert client.recv_from(timeout_s=5).peer.name == name.lower()


def test_a_host_s_name_is_looked_up_and_checked(serve, ask):
    """As it stands in the endpoint."""
    _, endpoint = serve()
    client = ask(endpoint.replace("127.0.0.1", "localhost"))

    client.send_obj(1, timeout_s=5)

    assert client.recv_from(timeout_s=5).peer.name == "localhost"


def test_a_client_without_a_certificate(serve, places, caplog):
    """It learns so with its first read; the server says that there was none."""
    server, endpoint = serve()
    context = ssl.create_default_context(cafile=places.authority.ca)
    context.set_alpn_protocols(["gnomon.wire/1"])
    with (
        _plain(endpoint) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as stranger,
        pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"),
    ):
        stranger.recv(8)

    _turned_away(server, caplog, "it has shown no certificate")


def test_a_client_of_another_ca(serve, ask, places, caplog):
    """Both ends are told which CA is unknown to whom."""
    server, endpoint = serve()

    _refused(ask(endpoint, places.asking(certificate=places.foreign.issue("c", CLIENT))), "does not know the CA of our")

    _turned_away(server, caplog, f"is from a CA that is not in {places.authority.ca}")


def test_a_server_of_another_ca(serve, ask, places, caplog):
    """As with clients."""
    server, endpoint = serve(places.serving(certificate=places.foreign.issue("s", "127.0.0.1")))

    _refused(ask(endpoint), f"{endpoint}: its certificate is from a CA that is not in {places.authority.ca}")

    _turned_away(server, caplog, "does not know the CA of our certificate")


@pytest.mark.parametrize(("days", "word"), [((-2, -1), "expired"), ((1, 2), "not yet valid")])
def test_a_client_s_certificate_out_of_its_time(serve, ask, places, caplog, days, word):
    """Expired, or not valid yet."""
    server, endpoint = serve()

    _refused(
        ask(endpoint, places.asking(certificate=places.authority.issue("c", CLIENT, days=days))), "our certificate"
    )

    _turned_away(server, caplog, word)


@pytest.mark.parametrize(("days", "word"), [((-2, -1), "expired"), ((1, 2), "not yet valid")])
def test_a_server_s_certificate_out_of_its_time(serve, ask, places, caplog, days, word):
    """The client says so."""
    server, endpoint = serve(places.serving(certificate=places.authority.issue("s", "127.0.0.1", days=days)))

    _refused(ask(endpoint), f"{endpoint}: its certificate can't be used now: .*{word}")

    _turned_away(server, caplog, "our certificate")


def test_a_client_whose_name_is_not_on_the_list(serve, ask, places, caplog):
    """It has a certificate of the right CA; the error says that its names are not among the clients."""
    server, endpoint = serve()
    other = places.authority.issue("other", "spiffe://partner.example/other", "other.example")

    _refused(ask(endpoint, places.asking(certificate=other)), f"no name of {other} is among its clients")

    _turned_away(server, caplog, "spiffe://partner.example/other, other.example is not among the clients")


def test_a_client_without_a_name(serve, ask, places, caplog):
    """A common name is no name, also where anybody with a certificate may come."""
    server, endpoint = serve(places.serving(clients=("*",)))

    _refused(ask(endpoint, places.asking(certificate=places.authority.issue(CLIENT.rpartition("/")[2]))), "among its")

    _turned_away(server, caplog, "a certificate without a name is not among")


def test_everybody_of_the_ca(serve, ask, places):
    """If the list says so; the application still learns who it is."""
    _, endpoint = serve(places.serving(clients=("*",)))
    client = ask(endpoint, places.asking(certificate=places.authority.issue("any", "any.example")))

    client.send_obj(1, timeout_s=5)

    assert client.recv_obj(timeout_s=5) == [1, "any.example"]


@pytest.mark.parametrize("name", ["other.example", "127.0.0.2", "spiffe://own.example/other"])
def test_a_server_with_another_name(serve, ask, caplog, name):
    """The client says which name it looked for; nothing was sent."""
    server, endpoint = serve()

    _refused(ask(endpoint, server=name), name)

    deadline = time.monotonic() + 5
    while not server.stats.strangers + server.stats.disconnections:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert server.stats.received == 0


def test_certificates_for_the_other_role(serve, ask, places, caplog):
    """A server's certificate is none for a client, where it says so."""
    server, endpoint = serve()
    certificate = places.authority.issue("c", CLIENT, usage="server")

    _refused(ask(endpoint, places.asking(certificate=certificate)), "not for this end")

    _turned_away(server, caplog, "unsuitable certificate purpose")


def test_a_revoked_client(serve, ask, places, caplog):
    """By the server's list."""
    revoked = places.authority.issue("revoked", CLIENT)
    server, endpoint = serve(places.serving(crl=places.authority.revoke(revoked)))

    _refused(ask(endpoint, places.asking(certificate=revoked)), "was revoked")
    _turned_away(server, caplog, "certificate revoked")

    client = ask(endpoint)
    client.send_obj(1, timeout_s=5)
    assert client.recv_obj(timeout_s=5) == [1, CLIENT]


def test_a_list_of_revoked_certificates_of_another_ca(serve, ask, places, caplog):
    """Says nothing about ours: nobody comes in."""
    server, endpoint = serve(places.serving(crl=places.foreign.revoke()))

    _refused(ask(endpoint), endpoint)

    _turned_away(server, caplog, "has no list for the CA of its certificate")


def test_a_client_of_tls_1_2(serve, places, caplog):
    """Is told the version."""
    server, endpoint = serve()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(places.authority.ca)
    context.load_cert_chain(places.client)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with _plain(endpoint) as raw, pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        context.wrap_socket(raw, server_hostname="localhost")

    _turned_away(server, caplog, "it does not speak TLS 1.3")


@pytest.mark.parametrize("protocols", [[], ["http/1.1"]])
def test_a_client_of_another_protocol(serve, places, caplog, protocols):
    """With a certificate that would do: what it says is meant for somebody else."""
    server, endpoint = serve()
    context = ssl.create_default_context(cafile=places.authority.ca)
    context.load_cert_chain(places.client)
    if protocols:
        context.set_alpn_protocols(protocols)
    with _plain(endpoint) as raw, context.wrap_socket(raw, server_hostname="localhost") as stranger:
        assert stranger.recv(8) == b""

    _turned_away(server, caplog, "it is a TLS client, but no socket of gnomon.wire")


def test_a_server_of_another_protocol(ask, places):
    """The client says so, and sends nothing."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=places.authority.ca)
    context.load_cert_chain(places.server)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = ask(f"tls://127.0.0.1:{listener.getsockname()[1]}")
        with _accepting(listener, context) as received:
            _refused(client, "it is a TLS server, but no socket of gnomon.wire")
    assert b"".join(received) == b""


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" + bytes(8) + b"\x7f\x03" + bytes(53)])
def test_a_server_without_tls(ask, answer):
    """One of HTTP, or of ZeroMQ: told within ten seconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = ask(f"tls://127.0.0.1:{listener.getsockname()[1]}", handshake_s=2)
        with _accepting(listener, None, answer):
            _refused(client, "does not speak TLS")


def test_a_server_that_says_nothing(ask):
    """Two handshakes without an answer are enough."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = ask(f"tls://127.0.0.1:{listener.getsockname()[1]}", handshake_s=2)

        _refused(client, "broke 2 handshakes off: it did not answer in time")


def test_a_server_that_hangs_up(ask):
    """Again and again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = ask(f"tls://127.0.0.1:{listener.getsockname()[1]}", handshake_s=2)
        with _accepting(listener, None, b""):
            _refused(client, "handshakes off: it ended the connection")


def test_nobody_there_is_a_timeout(ask):
    """Which says what was tried; a server may still be about to start."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = ask(f"tls://127.0.0.1:{port}")

    with pytest.raises(Timeout, match=f"tls://127.0.0.1:{port}: Connection refused"):
        client.send_obj(1, timeout_s=0.3)
    with pytest.raises(zmq.Again):
        client.send_obj(1, zmq.NOBLOCK)


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70])
def test_a_host_without_address_is_a_timeout(ask, host):
    """Names may appear later, as servers do."""
    client = ask(f"tls://{host}:1", server="localhost")

    with pytest.raises(Timeout, match="in time"):
        client.send_obj(1, timeout_s=1)


def test_junk(serve, ask, caplog):
    """What is no TLS is counted; the next client is served."""
    server, endpoint = serve()
    for text in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x80\x04K\x01.",
        b"\x16\x03\x01\x00\x05hello",
        bytes(100),
        b"\xff" * 1000,
    ):
        with _plain(endpoint) as stranger:
            stranger.sendall(text)
            assert stranger.recv(1000) is not None

    client = ask(endpoint)
    client.send_obj(1, timeout_s=5)

    assert client.recv_obj(timeout_s=5) == [1, CLIENT]
    assert server.stats.strangers == 5
    assert "does not speak TLS" in caplog.text


def test_the_server_s_files(places, open_context, tmp_path):
    """Each mistake is an error that names the file, when the socket binds."""
    authority = places.authority
    locked = authority.issue("locked", "127.0.0.1", password=b"secret")
    open_to_all = authority.issue("open", "127.0.0.1")
    open_to_all.chmod(0o644)
    (tmp_path / "text").write_text("text")
    (tmp_path / "text").chmod(0o600)
    cases = [
        (places.serving(certificate=tmp_path / "none.pem"), KeyMissing, "none.pem is not there"),
        (places.serving(ca=tmp_path / "none.pem"), KeyMissing, "none.pem is not there"),
        (places.serving(certificate=tmp_path), KeyMissing, "is no file"),
        (places.serving(certificate=tmp_path / ("a" * 300)), KeyMissing, "File name too long"),
        (places.serving(certificate=tmp_path / "text"), KeyWrong, "no certificate and key in PEM"),
        (places.serving(ca=tmp_path / "text"), KeyWrong, "no certificates of CAs"),
        (places.serving(crl=tmp_path / "text"), KeyWrong, "no lists of revoked"),
        (places.serving(key=places.client), KeyWrong, "does not belong to the certificate"),
        (places.serving(certificate=locked), KeyWrong, "without password"),
        (places.serving(certificate=open_to_all), KeyWrong, "others can use"),
        (places.serving(clients=()), KeyMissing, "clients="),
    ]
    for tls, error, words in cases:
        with pytest.raises(error, match=words):
            open_context(tls).socket(zmq.REP).bind("tls://127.0.0.1:*")


def test_the_client_s_files(places, open_context, tmp_path):
    """As the server's, when the socket connects."""
    with pytest.raises(KeyMissing, match="is not there"):
        open_context(places.asking(certificate=tmp_path / "none.pem")).socket(zmq.REQ).connect("tls://127.0.0.1:1")


def test_certificates_are_renewed_without_a_restart(serve, ask, places, tmp_path, caplog):
    """The next connection has the new one; files that can't be read leave the old one in force."""
    certificate = tmp_path / "server.pem"

    def put(content):
        certificate.write_bytes(content)
        certificate.chmod(0o600)

    put(places.authority.issue("first", "127.0.0.1").read_bytes())
    _, endpoint = serve(places.serving(certificate=certificate))
    put(b"half of a cert")
    first = ask(endpoint)
    first.send_obj(1, timeout_s=5)
    assert first.recv_obj(timeout_s=5) == [1, CLIENT]
    assert "the certificate that was read before stays in use" in caplog.text

    put(places.authority.issue("second", "second.example").read_bytes())

    second = ask(endpoint, server="second.example")
    second.send_obj(2, timeout_s=5)
    assert second.recv_obj(timeout_s=5) == [2, CLIENT]
    first.send_obj(3, timeout_s=5)
    assert first.recv_obj(timeout_s=5) == [3, CLIENT]


def test_a_connection_ends_with_the_certificate(serve, ask, places):
    """What was let in may not stay for ever."""
    server, endpoint = serve()
    short = places.authority.issue("short", CLIENT, days=(-1, 2 / 86_400))
    client = ask(endpoint, places.asking(certificate=short))
    client.send_obj(1, timeout_s=5)
    assert client.recv_obj(timeout_s=5) == [1, CLIENT]

    deadline = time.monotonic() + 10
    while not server.stats.disconnections:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    _refused(client, "expired")


@pytest.mark.parametrize("kind", [zmq.DEALER, zmq.ROUTER, zmq.PUB, zmq.SUB, zmq.PUSH, zmq.PULL, zmq.PAIR])
def test_other_patterns_say_what_to_use(places, open_context, kind):
    """They have no meaning here."""
    with pytest.raises(WireError, match=f"for {zmq.SocketType(kind).name} use mode 'curve'"):
        open_context(places.serving()).socket(kind)


def _plain(endpoint):
    host, _, port = endpoint.removeprefix("tls://").rpartition(":")
    raw = socket.create_connection((host, int(port)))
    raw.settimeout(10)
    return raw


@contextlib.contextmanager
def _accepting(listener, context, answer=b""):
    """Accepts and answers in a thread, as another kind of server would; gives what it received."""
    received, ended = [], threading.Event()
    listener.settimeout(0.05)

    def run():
        while not ended.is_set():
            with contextlib.suppress(OSError):
                raw, _ = listener.accept()
                with raw:
                    raw.settimeout(2)
                    if context is not None:
                        with context.wrap_socket(raw, server_side=True) as secure:
                            received.append(secure.recv(1000))
                    elif answer:
                        received.append(raw.recv(1000))
                        raw.sendall(answer)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        ended.set()
        thread.join(10)
