"""Requests of libzmq's authentication protocol (ZAP, RFC 27) into answers; no socket is touched here.

libzmq asks for every connection to a socket that has a domain. What is not plainly allowed is refused.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from gnomon.wire.keys import CurvePublic

DOMAIN = b"gnomon.wire"
ENDPOINT = "inproc://zeromq.zap.01"

Judge: TypeAlias = Callable[[bytes, Sequence[bytes]], str | None]
"""(mechanism, credentials) into the id of the key that they prove, or None."""


def answer(request: Sequence[bytes], judge: Judge) -> list[bytes]:
    """The reply to one request: 200 with the key's id as user, or 400.

    1. The request has all its frames and the version that we know.
    2. It is for our domain: no other socket of the process is let in by our list.
    3. The judge knows a key by these credentials.
    """
    request_id = request[1] if len(request) > 1 else b""
    # 1.
    if len(request) < 6 or request[0] != b"1.0":
        return _reply(request_id, None)
    _, _, domain, _address, _identity, mechanism, *credentials = request
    # 2.
    if domain != DOMAIN:
        return _reply(request_id, None)
    # 3.
    return _reply(request_id, judge(mechanism, credentials))


def refusal(request: Sequence[bytes], reply: Sequence[bytes]) -> str:
    """Who was refused and with which key, in words; empty if they were let in. Part of it is what a stranger sent."""
    if reply[2] == b"200":
        return ""
    if len(request) < 6:
        return "a question of libzmq's is incomplete"
    match request[5], request[6:]:
        case b"CURVE", [public] if len(public) == 32:
            shown = f"public key {CurvePublic.of(public).id.hex()}"
        case b"PLAIN", [name, _]:
            shown = f"key {name.decode('ascii', 'replace')} (or another secret under this id)"
        case _:
            shown = "a key"
    return f"{request[3].decode('ascii', 'replace')} showed {shown}, which is not on the list"


def _reply(request_id: bytes, user: str | None) -> list[bytes]:
    status, text = (b"200", b"OK") if user is not None else (b"400", b"not on the list")
    return [b"1.0", request_id, status, text, (user or "").encode(), b""]
