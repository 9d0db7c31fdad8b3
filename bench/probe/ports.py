"""Thousands of ports of loopback of every sort; prints which is what as JSON, and ends with its input.

usage: python ports.py '{"closed": 9, "silent": 9, "http": 9, "tls": 9, "ssh": 9, "open": 9, "curve": 9}'
"""

import asyncio
import datetime as dt
import json
import os
import socket
import ssl
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import zmq
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def main(wanted: dict[str, int]) -> None:
    """Opens them all."""
    ports: dict[int, str] = {}
    keep: list[object] = []

    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            writer.write(ANSWER)
            await writer.drain()

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        await reader.read()

    async def serve(kind: str, handler: Handler, context: ssl.SSLContext | None = None) -> None:
        for _ in range(wanted.get(kind, 0)):
            server = await asyncio.start_server(quiet(handler), "127.0.0.1", 0, ssl=context)
            keep.append(server)
            ports[server.sockets[0].getsockname()[1]] = kind

    await serve("http", http)
    await serve("silent", silent)
    await serve("ssh", ssh)
    await serve("tls", http, certificate())
    closed(wanted.get("closed", 0), ports, keep)
    zeromq(wanted, ports, keep)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # resets are what is expected
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    sys.stdout.flush()


def quiet(handler: Handler) -> Handler:
    """The handler, for peers that reset."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return handle


def closed(number: int, ports: dict[int, str], keep: list[object]) -> None:
    """Bound, so that nobody else gets them, and not listening."""
    for _ in range(number):
        one = socket.socket()
        one.bind(("127.0.0.1", 0))
        keep.append(one)
        ports[one.getsockname()[1]] = "closed"


def zeromq(wanted: dict[str, int], ports: dict[int, str], keep: list[object]) -> None:
    """Sockets that let in whoever connects, and CURVE servers."""
    context = zmq.Context()
    context.set(zmq.MAX_SOCKETS, 5000)
    public, secret = zmq.curve_keypair()
    for kind in ("open", "named", "curve"):
        for _ in range(wanted.get(kind, 0)):
            one = context.socket(zmq.PULL)
            if kind == "curve":
                one.curve_publickey, one.curve_secretkey, one.curve_server = public, secret, True
            if kind == "named":
                one.identity = b"worker-1"
            keep.append(one)
            ports[one.bind_to_random_port("tcp://127.0.0.1")] = kind


def certificate() -> ssl.SSLContext:
    """A TLS server's, for a minute."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
    ).sign(key, hashes.SHA256())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
    return context


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
    os._exit(0)  # thousands of sockets close by themselves
