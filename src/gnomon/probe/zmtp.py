"""What a peer says of itself in ZMTP, without becoming its peer: bytes in, bytes and an answer out.

ZMTP 1.0 to 3.1: https://rfc.zeromq.org/spec/13/, /15/, /23/ and /37/; where libzmq is stricter or older than these,
as in its `stream_engine.cpp` and `zmtp_engine.cpp`.

The procedure, which no socket of an application notices (docs/probe.md):

1. say nothing and listen: whoever speaks ZMTP greets first, and a port that does not is left alone;
2. to a signature answer with the first 11 bytes of a greeting: the peer then names its version and mechanism;
3. to the mechanism NULL alone send the other 53: the peer lets us in (READY) or not (ERROR), without waiting for us;
4. leave. Never a READY of our own, which would make us a peer that messages are queued for, and never a frame.
"""

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

SIGNATURE_BYTES, GREETING_BYTES = 10, 64
# An identity of no bytes, as libzmq writes it; version 3.0, which every newer peer speaks too; NULL, as a client.
GREETING = b"\xff" + bytes(7) + b"\x01\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
FIRST_PART = 11
"""Bytes of the greeting that make a peer of any version say which it is: signature and version."""
MOST_COMMAND_BYTES = 8192
"""A READY holds a type and an identity of at most 255 bytes; an application may add some properties of its own."""
MOST_BYTES = GREETING_BYTES + 9 + MOST_COMMAND_BYTES
"""What is kept of what a peer sends."""
_LONGEST_IDENTITY = 255
_MECHANISM = re.compile(rb"[A-Z0-9_.+-]{1,20}\0*")
_TYPES = ("PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB", "STREAM")
"""By their numbers in ZMTP 2.0 and zmq.h."""
_MAY_BE_OLD = range(1, _LONGEST_IDENTITY)

Admission = Literal[
    "open",  # the peer let us in, or speaks a version that can keep nobody out
    "denied",  # NULL, and whoever answers for the application (ZAP) said no
    "unanswered",  # NULL, and neither of both within the time
    "hung-up",  # NULL, and it closed the connection instead: so does libzmq 4.0 deny
    "unasked",  # another mechanism, or nothing was sent
]


class Silent(Struct, frozen=True, tag=True):
    """It took the connection and said nothing: no ZMTP."""


class Foreign(Struct, frozen=True, tag=True):
    """It speaks, and no ZMTP."""

    first: bytes
    """At most 64 bytes of what it said; untrusted."""


class Speaker(Struct, frozen=True, kw_only=True, tag=True):
    """A peer that speaks ZMTP, and what it said of itself; `as-server` is left out, since nothing follows from it."""

    version: str = ""
    """`1.0`, `2.0`, `3.0`, `3.1`; "" for 2.0 or newer: it was not asked which."""
    mechanism: str = ""
    """`NULL`, `PLAIN`, `CURVE`, `GSSAPI` or what else it names, of A-Z, 0-9 and `_.+-`; "" if it was not told."""
    admission: Admission = "unasked"
    socket_type: str = ""
    """`PULL`, `ROUTER` and so on; "" if it was not told. Untrusted text of at most 32 characters."""
    identity: bytes = b""
    """At most 255 bytes; untrusted."""
    identity_bytes: int = 0
    """How long its identity is by the signature of libzmq, which tells that before anything else."""
    reason: str = ""
    """What it gives as reason for denying: `400` of ZAP. Untrusted text of at most 64 characters."""
    odd: str = ""
    """How it departs from the protocol, in a few words of ours; "" if it does not."""


Answer = Silent | Foreign | Speaker


class Conversation:
    """One connection to a port: `receive` what it says, send what that returns, until `over` or patience ends."""

    def __init__(self, *, passive: bool = False) -> None:
        self._passive = passive
        self._received = bytearray()
        self._sent = 0
        self._closed = False

    @property
    def room(self) -> int:
        """How many bytes more are of interest, at most; 0 if none."""
        return 0 if self.over else MOST_BYTES - len(self._received)

    @property
    def heard(self) -> int:
        """Bytes received so far."""
        return len(self._received)

    @property
    def over(self) -> bool:
        """True if nothing that the peer could still say is of interest."""
        return _settled(self._received, self.answer(), passive=self._passive)

    def receive(self, data: bytes) -> bytes:
        """What to send now, often nothing; in all at most the 64 bytes of a greeting."""
        self._received += data[: MOST_BYTES - len(self._received)]
        reply = b""
        while part := next_part(self._received, self._sent, passive=self._passive):
            reply += part
            self._sent += len(part)
        return reply

    def hang_up(self) -> None:
        """Notes that the peer closed the connection."""
        self._closed = True

    def answer(self) -> Answer:
        """What the peer is, as far as it said until now."""
        answer = understood(bytes(self._received))
        match answer:
            case Speaker(admission="unanswered", odd="") if self._closed and self._sent == GREETING_BYTES:
                return replace(answer, admission="hung-up")
        return answer


def next_part(received: bytes | bytearray, sent: int, *, passive: bool) -> bytes:
    """What may be sent to a peer that said `received` and was sent `sent` bytes: steps 2 and 3."""
    if passive or not _greets_as_libzmq(received):
        return b""
    if sent == 0:
        return GREETING[:FIRST_PART]
    if sent == FIRST_PART and len(received) >= GREETING_BYTES:
        match understood(bytes(received[:GREETING_BYTES])):
            case Speaker(mechanism="NULL", odd=""):
                return GREETING[FIRST_PART:]
    return b""


def understood(received: bytes) -> Answer:
    """What a peer is that said just this. Never raises; what it says beyond MOST_BYTES is not read."""
    if not received:
        return Silent()
    if _has_signature(received):
        return _newer(received)
    identity = _old_identity(received)
    if identity is None:
        return Foreign(received[:64])
    return Speaker(version="1.0", admission="open", identity=identity, identity_bytes=len(identity))


def _settled(received: bytes | bytearray, answer: Answer, *, passive: bool) -> bool:
    match answer:
        case Silent():
            return False
        case Foreign():
            return not _may_become_zmtp(received)
        case Speaker(version="1.0"):
            return len(received) >= MOST_BYTES  # what is no ZMTP may only have begun: it would go on
        case Speaker(odd=odd) if odd or passive:
            return True
        case Speaker(version="2.0", socket_type=kind):
            return bool(kind)
        case Speaker(admission="open" | "denied"):
            return True
        case Speaker(mechanism=mechanism):
            return mechanism not in ("", "NULL")


def _has_signature(received: bytes | bytearray) -> bool:
    return len(received) >= SIGNATURE_BYTES and received[0] == 0xFF and received[9] == 0x7F


def _greets_as_libzmq(received: bytes | bytearray) -> bool:
    """Where the standard leaves bytes open, they must be as implementations have them: else it may be chance."""
    return _has_signature(received) and int.from_bytes(received[1:9]) <= _LONGEST_IDENTITY + 1


def _may_become_zmtp(received: bytes | bytearray) -> bool:
    """True if what is still missing could make it a signature, or the greeting of ZMTP 1.0."""
    if received[0] == 0xFF:
        return len(received) < SIGNATURE_BYTES
    return received[0] in _MAY_BE_OLD and received[1:2] in (b"", b"\0") and len(received) < 1 + received[0]


def _old_identity(received: bytes) -> bytes | None:
    """The identity, a frame that is all a peer of ZMTP 1.0 says (its length counts the flags); None if it is none."""
    if received[0] in _MAY_BE_OLD and len(received) == 1 + received[0] and received[1] == 0:
        return received[2:]
    long = received[0] == 0xFF and len(received) > SIGNATURE_BYTES and received[9] == 0
    if long and _LONGEST_IDENTITY <= int.from_bytes(received[1:9]) == len(received) - 9 <= _LONGEST_IDENTITY + 1:
        return received[10:]
    return None


def _newer(received: bytes) -> Speaker:
    """What follows a signature."""
    length = int.from_bytes(received[1:9]) - 1
    known = length if 0 <= length <= _LONGEST_IDENTITY else 0
    if len(received) == SIGNATURE_BYTES:
        return Speaker(identity_bytes=known)
    revision = received[SIGNATURE_BYTES]
    if revision == 0:
        return Speaker(version="1.0", admission="open", identity_bytes=known)
    if revision < 3:
        return _second(received, known)
    if len(received) < GREETING_BYTES:
        return Speaker(version=_version(received), identity_bytes=known)
    return _third(received, known)


def _second(received: bytes, identity_bytes: int) -> Speaker:
    """ZMTP 2.0: a number for the type, then the identity as a frame. It has no mechanisms."""
    number = received[11] if len(received) > 11 else None
    kind = "" if number is None else _TYPES[number] if number < len(_TYPES) else f"type {number}"
    frame = received[12:]
    whole = len(frame) >= 2 and frame[0] == 0 and len(frame) >= 2 + frame[1]
    return Speaker(
        version="2.0",
        admission="open",
        socket_type=kind,
        identity=frame[2 : 2 + frame[1]] if whole else b"",
        identity_bytes=identity_bytes,
        odd="a socket type that does not exist" if kind.startswith("type ") else "",
    )


def _version(received: bytes) -> str:
    return f"{received[10]}.{received[11]}" if len(received) > 11 else ""


def _third(received: bytes, identity_bytes: int) -> Speaker:
    """ZMTP 3: the rest of the greeting, and the command that answers it."""
    name, version = received[12:32], _version(received)
    if not _MECHANISM.fullmatch(name):
        return Speaker(version=version, identity_bytes=identity_bytes, odd="a mechanism without a proper name")
    mechanism = name.rstrip(b"\0").decode("ascii")
    if mechanism != "NULL":
        return Speaker(version=version, mechanism=mechanism, identity_bytes=identity_bytes)
    return _admission(received[GREETING_BYTES:], version, identity_bytes)


def _admission(after: bytes, version: str, identity_bytes: int) -> Speaker:
    """The first command of a peer with the mechanism NULL."""
    command, odd = _command(after)
    name = command[1 : 1 + command[0]] if command else b""
    rest = command[1 + len(name) :]
    if name == b"READY":
        properties, broken = _properties(rest)
        return Speaker(
            version=version,
            mechanism="NULL",
            admission="open",
            socket_type=_text(properties.get("socket-type", b""), 32),
            identity=properties.get("identity", b"")[:_LONGEST_IDENTITY],
            identity_bytes=identity_bytes,
            odd="properties that are cut off" if broken else "",
        )
    if name == b"ERROR":
        reason = _text(rest[1 : 1 + rest[0]], 64) if rest else ""
        return Speaker(
            version=version, mechanism="NULL", admission="denied", reason=reason, identity_bytes=identity_bytes
        )
    odd = odd or (command and "another command than READY or ERROR") or ""
    return Speaker(version=version, mechanism="NULL", admission="unanswered", identity_bytes=identity_bytes, odd=odd)


def _command(after: bytes) -> tuple[bytes, str]:
    """The body of the first frame, b"" if it is not whole yet; and what is wrong with it."""
    if not after:
        return b"", ""
    if after[0] not in (4, 6):
        return b"", "a frame where a command was due"
    head = 2 if after[0] == 4 else 9
    if len(after) < head:
        return b"", ""
    length = int.from_bytes(after[1:head])
    if not 1 < length <= MOST_COMMAND_BYTES:
        return b"", f"a command of {length} bytes"
    return (after[head : head + length] if len(after) >= head + length else b""), ""


def _properties(rest: bytes) -> tuple[dict[str, bytes], bool]:
    """Name (lower case: names have no case) -> value, and True if the last one is cut off."""
    found: dict[str, bytes] = {}
    at = 0
    while at < len(rest):
        size = rest[at]
        name, at = rest[at + 1 : at + 1 + size], at + 1 + size
        length = int.from_bytes(rest[at : at + 4])
        if at + 4 + length > len(rest):
            return found, True
        found.setdefault(name.decode("latin-1").lower(), rest[at + 4 : at + 4 + length])
        at += 4 + length
    return found, False


def _text(value: bytes, most: int) -> str:
    return value[:most].decode("ascii", "backslashreplace")[:most]
