"""What seals a frame: AES-256-GMAC, AES-256-GCM or HMAC-SHA256, each with a 12-byte nonce and a 16-byte tag.

The nonce is the frame's index (4 bytes) and the message's counter (8 bytes), big-endian, so it differs for every frame
that a session seals. It also binds a frame to its place: under another index or counter its tag does not verify.
"""

import hmac
from collections.abc import Callable
from struct import Struct as Layout
from typing import Final, Protocol, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gnomon.wire.keys import SuiteName

Buffer: TypeAlias = bytes | bytearray | memoryview
TAG_BYTES: Final = 16
MAX_FRAME_BYTES: Final = (1 << 31) - 1 - (1 << 24)
"""OpenSSL takes 2^31 - 1 bytes at once; a part of that is kept for what is authenticated along with the first frame."""
NUMBERS: Final[dict[SuiteName, int]] = {"aes-256-gmac": 1, "aes-256-gcm": 2, "hmac-sha256": 3}
"""How a message names its suite."""
nonce_of: Final = Layout(">IQ").pack
"""Nonce of a frame, from its index and its message's counter."""


class Forged(Exception):
    """A tag does not verify."""


class Suite(Protocol):
    """Seals and opens frames under one session key."""

    number: int
    encrypts: bool

    def seal(self, nonce: bytes, frame: Buffer) -> tuple[Buffer, bytes]:
        """What to send for the frame, of the same length, and its tag."""

    def open(self, nonce: bytes, frame: Buffer, tag: Buffer) -> Buffer:
        """The frame, once its tag verified. Raises Forged."""

    def seal_head(self, nonce: bytes, start: bytes, head: Buffer, context: bytes) -> bytes:
        """Frame 0: `start` in clear, the head, and a tag over both and the context."""

    def open_head(self, nonce: bytes, frame: bytes, start: int, context: bytes) -> bytes:
        """The head, which follows `start` bytes in clear, once the tag at the frame's end verified. Raises Forged."""


class Mac:
    """A suite that leaves the frames in clear, and as they are: no byte is copied but those of the head."""

    __slots__ = ("_tag", "_verify", "encrypts", "number")

    def __init__(
        self, number: int, tag: Callable[[bytes, Buffer], bytes], verify: Callable[[bytes, Buffer, Buffer], object]
    ) -> None:
        self.number, self._tag, self._verify = number, tag, verify
        self.encrypts = False

    def seal(self, nonce: bytes, frame: Buffer) -> tuple[Buffer, bytes]:
        """The frame itself, and its tag."""
        return frame, self._tag(nonce, frame)

    def open(self, nonce: bytes, frame: Buffer, tag: Buffer) -> Buffer:
        """The frame itself, once its tag verified. Raises Forged."""
        self._verify(nonce, frame, tag)
        return frame

    def seal_head(self, nonce: bytes, start: bytes, head: Buffer, context: bytes) -> bytes:
        """Frame 0, all in clear. `start` says how long the head is, so where the tagged context begins."""
        clear = b"".join((start, head))
        return clear + self._tag(nonce, clear + context)

    def open_head(self, nonce: bytes, frame: bytes, start: int, context: bytes) -> bytes:
        """The head, once the tag verified. Raises Forged."""
        self._verify(nonce, frame[:-TAG_BYTES] + context, frame[-TAG_BYTES:])
        return frame[start:-TAG_BYTES]


class Gcm:
    """AES-256-GCM: head and frames are encrypted; what frame 0 says of their number and lengths is not."""

    __slots__ = ("_aead", "_key", "encrypts", "number")

    def __init__(self, key: bytes) -> None:
        self.number, self.encrypts = NUMBERS["aes-256-gcm"], True
        self._aead, self._key = AESGCM(key), key

    def seal(self, nonce: bytes, frame: Buffer) -> tuple[Buffer, bytes]:
        """The encrypted frame, and its tag."""
        joined = memoryview(self._aead.encrypt(nonce, frame, None))
        return joined[:-TAG_BYTES], bytes(joined[-TAG_BYTES:])

    def open(self, nonce: bytes, frame: Buffer, tag: Buffer) -> Buffer:
        """The decrypted frame, once its tag verified. Raises Forged."""
        # AESGCM wants the tag behind the frame, which would copy it: 27 ms more for 16 MB than this.
        decryptor = Cipher(algorithms.AES(self._key), modes.GCM(nonce, bytes(tag))).decryptor()
        clear = decryptor.update(frame)
        try:
            decryptor.finalize()
        except InvalidTag:
            raise Forged from None
        return clear

    def seal_head(self, nonce: bytes, start: bytes, head: Buffer, context: bytes) -> bytes:
        """Frame 0, its head encrypted."""
        return start + self._aead.encrypt(nonce, head, start + context)

    def open_head(self, nonce: bytes, frame: bytes, start: int, context: bytes) -> bytes:
        """The decrypted head, once the tag verified. Raises Forged."""
        try:
            return self._aead.decrypt(nonce, frame[start:], frame[:start] + context)
        except InvalidTag:
            raise Forged from None


def suite_of(name: SuiteName, key: bytes) -> Suite:
    """The suite, under a session key of 32 bytes."""
    makers: dict[SuiteName, Callable[[bytes], Suite]] = {
        "aes-256-gmac": _gmac,
        "aes-256-gcm": Gcm,
        "hmac-sha256": _hmac,
    }
    return makers[name](key)


def _gmac(key: bytes) -> Mac:
    """GMAC is GCM of nothing: the frame is its associated data, which OpenSSL reads where it lies."""
    aead = AESGCM(key)

    def verify(nonce: bytes, data: Buffer, tag: Buffer) -> None:
        try:
            aead.decrypt(nonce, tag, data)
        except InvalidTag:
            raise Forged from None

    return Mac(NUMBERS["aes-256-gmac"], lambda nonce, data: aead.encrypt(nonce, b"", data), verify)


def _hmac(key: bytes) -> Mac:
    """HMAC-SHA256 of nonce and frame, cut to 16 bytes (RFC 2104, section 5)."""

    def tag(nonce: bytes, data: Buffer) -> bytes:
        state = hmac.new(key, nonce, "sha256")
        state.update(data)
        return state.digest()[:TAG_BYTES]

    def verify(nonce: bytes, data: Buffer, given: Buffer) -> None:
        if not hmac.compare_digest(tag(nonce, data), given):
            raise Forged

    return Mac(NUMBERS["hmac-sha256"], tag, verify)
