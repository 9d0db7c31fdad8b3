"""The ways to ask and be answered across trust domains: mode tls, and proxies that carry other modes over TLS."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import zmq

from bench.wire.messages import TYPES
from gnomon.wire import Codec, Context, Key, KeyRing, Tls

RING = KeyRing(keys=(Key.of(b"k" * 32),))
NAME = "spiffe://bench.example/client"


class Certificates(NamedTuple):
    """Files of both ends; certificate and key are in one."""

    ca: Path
    server: Path
    client: Path


class Ends(NamedTuple):
    """A socket's functions."""

    send: Callable[[object], object]
    receive: Callable[[], object]
    close: Callable[[], object]


def ways() -> list[str]:
    """Those that this machine has the programs for. The first two are what the others are compared with."""
    carried = [f"{name} + sealed" for name in PROXIES if shutil.which(name)]
    return ["send_pyobj", "curve", "sealed", "tls", "relay + sealed", *carried]


def server(way: str, certificates: Certificates) -> tuple[Ends, int]:
    """A REP socket and the port that the way from the client ends at."""
    mode = way.rpartition(" + ")[2]
    if mode == "send_pyobj":
        context = zmq.Context()
        plain = context.socket(zmq.REP)
        port = plain.bind_to_random_port("tcp://127.0.0.1")
        return Ends(plain.send_pyobj, plain.recv_pyobj, lambda: context.destroy(0)), port
    safe = _context(mode, certificates.server, certificates)
    bound = safe.socket(zmq.REP)
    port = bound.bind_to_random_port("tls://127.0.0.1" if mode == "tls" else "tcp://127.0.0.1")
    if way.startswith("relay"):
        port = _relay(port, certificates.server, certificates, server=True)
    return Ends(bound.send_obj, bound.recv_obj, safe.close), port


def client(way: str, port: int, certificates: Certificates) -> Ends:
    """A REQ socket that is connected to the port, or to what carries it there."""
    mode = way.rpartition(" + ")[2]
    if mode == "send_pyobj":
        context = zmq.Context()
        plain = context.socket(zmq.REQ)
        plain.connect(f"tcp://127.0.0.1:{port}")
        return Ends(plain.send_pyobj, plain.recv_pyobj, lambda: context.destroy(0))
    if way.startswith("relay"):
        port = _relay(port, certificates.client, certificates, server=False)
    safe = _context(mode, certificates.client, certificates)
    asking = safe.socket(zmq.REQ)
    asking.connect(f"tls://127.0.0.1:{port}" if mode == "tls" else f"tcp://127.0.0.1:{port}")
    return Ends(lambda obj: asking.send_obj(obj, timeout_s=20), lambda: asking.recv_obj(timeout_s=20), safe.close)


def _context(mode: str, own: Path, certificates: Certificates) -> Context:
    if mode == "tls":
        tls = Tls(certificate=own, ca=certificates.ca, clients=(NAME,))
        return Context(mode="tls", tls=tls, codec=Codec(*TYPES), linger_s=1)
    return Context(mode=mode, keys=RING, codec=Codec(*TYPES), linger_s=1)


@contextlib.contextmanager
def carried(way: str, port: int, certificates: Certificates, folder: Path) -> Iterator[tuple[int, list[int]]]:
    """The port for the client, while two proxies carry it to the server's over mutual TLS 1.3; and their processes."""
    name = way.partition(" + ")[0]
    if name not in PROXIES:
        yield port, []
        return
    near, between = _free(), _free()
    configurations = PROXIES[name](near, between, port, certificates, folder)
    running = []
    for number, configuration in enumerate(configurations):
        file = folder / f"{name}-{number}.conf"
        file.write_text(configuration)
        command = {"nginx": ["nginx", "-c"], "haproxy": ["haproxy", "-f"], "stunnel": ["stunnel"]}[name]
        running.append(
            subprocess.Popen([*command, str(file)], stdout=subprocess.DEVNULL, stderr=(folder / "proxy.log").open("ab"))
        )
    try:
        for listening in (near, between):
            _until_there(listening)
        yield near, [process.pid for process in running]
    finally:
        for process in running:
            process.terminate()
            process.wait(10)


def _nginx(near: int, between: int, port: int, files: Certificates, folder: Path) -> tuple[str, str]:
    module = next(Path("/usr/lib/nginx/modules").glob("ngx_stream_module.so"), None)
    head = f"load_module {module};\n" if module else ""
    head += f"daemon off;\nmaster_process off;\nerror_log {folder}/proxy.log;\nevents {{}}\n"
    adds = (
        f"listen 127.0.0.1:{near}; proxy_pass 127.0.0.1:{between}; proxy_ssl on; proxy_ssl_protocols TLSv1.3;"
        f"proxy_ssl_certificate {files.client}; proxy_ssl_certificate_key {files.client};"
        f"proxy_ssl_trusted_certificate {files.ca}; proxy_ssl_verify on; proxy_ssl_name localhost;"
    )
    ends = (
        f"listen 127.0.0.1:{between} ssl; proxy_pass 127.0.0.1:{port}; ssl_protocols TLSv1.3;"
        f"ssl_certificate {files.server}; ssl_certificate_key {files.server};"
        f"ssl_client_certificate {files.ca}; ssl_verify_client on;"
    )
    return (
        f"pid {folder}/0.pid;\n{head}stream {{ server {{ {adds} }} }}\n",
        f"pid {folder}/1.pid;\n{head}stream {{ server {{ {ends} }} }}\n",
    )


def _haproxy(near: int, between: int, port: int, files: Certificates, _: Path) -> tuple[str, str]:
    head = "defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\nlisten proxy\n"
    trust = f"ca-file {files.ca} verify required"
    return (
        (
            f"{head} bind 127.0.0.1:{near}\n server far 127.0.0.1:{between} ssl ssl-min-ver TLSv1.3 crt {files.client} "
            f"{trust} verifyhost localhost\n"
        ),
        (
            f"{head} bind 127.0.0.1:{between} ssl ssl-min-ver TLSv1.3 crt {files.server} {trust}\n"
            f" server near 127.0.0.1:{port}\n"
        ),
    )


def _stunnel(near: int, between: int, port: int, files: Certificates, _: Path) -> tuple[str, str]:
    head = "foreground = yes\npid =\nsocket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\nsslVersionMin = TLSv1.3\n"
    trust = f"CAfile = {files.ca}\nverifyChain = yes\n"
    return (
        (
            f"{head}[out]\nclient = yes\naccept = 127.0.0.1:{near}\nconnect = 127.0.0.1:{between}\n"
            f"cert = {files.client}\n{trust}checkHost = localhost\n"
        ),
        (
            f"{head}[in]\naccept = 127.0.0.1:{between}\nconnect = 127.0.0.1:{port}\n"
            f"cert = {files.server}\n{trust}requireCert = yes\n"
        ),
    )


PROXIES: dict[str, Callable[[int, int, int, Certificates, Path], tuple[str, str]]] = {
    "nginx": _nginx,
    "haproxy": _haproxy,
    "stunnel": _stunnel,
}
"""Configurations of the proxy beside the client, and of that beside the server."""


def _relay(port: int, own: Path, files: Certificates, *, server: bool) -> int:
    """What a relay within each process would be: threads between a TLS connection and a socket of libzmq's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(own)
    context.load_verify_locations(files.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        accepted, _ = listener.accept()
        made = socket.create_connection(("127.0.0.1", port))
        for each in (accepted, made):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server:
            accepted = context.wrap_socket(accepted, server_side=True)
        else:
            made = context.wrap_socket(made, server_hostname="localhost")
        for source, target in ((accepted, made), (made, accepted)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    return listener.getsockname()[1]


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(262_144):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def _until_there(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                sys.exit("a proxy did not start: is another one's configuration in the way?")
            time.sleep(0.05)
        else:
            return
