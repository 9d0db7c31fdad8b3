"""What seals a frame: AES-256-GMAC, AES-256-GCM or HMAC-SHA256, each with a 12-byte nonce and a 16-byte tag.

The nonce is the frame's index (4 bytes) and the message's counter (8 bytes), big-endian, so it differs for every frame
that a session seals. It also binds a frame to its place: under another index or counter its tag does not verify.
"""

import hmac
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


class Hmac:
    """HMAC-SHA256 of nonce and frame, cut to 16 bytes (RFC 2104, section 5). Frames stay in clear, and as they are."""

    __slots__ = ("_key", "encrypts", "number")

    def __init__(self, key: bytes) -> None:
        self.number, self.encrypts = NUMBERS["hmac-sha256"], False
        self._key = key

    def seal(self, nonce: bytes, frame: Buffer) -> tuple[Buffer, bytes]:
        """The frame itself, and its tag."""
        return frame, self._tag(nonce, frame)

    def open(self, nonce: bytes, frame: Buffer, tag: Buffer) -> Buffer:
        """The frame itself, once its tag verified. Raises Forged."""
        if not hmac.compare_digest(self._tag(nonce, frame), tag):
            raise Forged
        return frame

    def seal_head(self, nonce: bytes, start: bytes, head: Buffer, context: bytes) -> bytes:
        """Frame 0, all in clear. `start` says how long the head is, so where the tagged context begins."""
        clear = b"".join((start, head))
        return clear + self._tag(nonce, clear + context)

    def open_head(self, nonce: bytes, frame: bytes, start: int, context: bytes) -> bytes:
        """The head, once the tag verified. Raises Forged."""
        self.open(nonce, frame[:-TAG_BYTES] + context, frame[-TAG_BYTES:])
        return frame[start:-TAG_BYTES]

    def _tag(self, nonce: bytes, data: Buffer) -> bytes:
        state = hmac.new(self._key, nonce, "sha256")
        state.update(data)
        return state.digest()[:TAG_BYTES]


class Gmac:
    """GMAC is GCM of nothing: the frame is its associated data, which OpenSSL reads where it lies.

    No byte is copied but those of the head, and nothing is between here and OpenSSL: calls are what a small one costs.
    """

    __slots__ = ("_decrypt", "_encrypt", "encrypts", "number")

    def __init__(self, key: bytes) -> None:
        self.number, self.encrypts = NUMBERS["aes-256-gmac"], False
        aead = AESGCM(key)
        self._encrypt, self._decrypt = aead.encrypt, aead.decrypt

    def seal(self, nonce: bytes, frame: Buffer) -> tuple[Buffer, bytes]:
        """The frame itself, and its tag."""
        return frame, self._encrypt(nonce, b"", frame)

    def open(self, nonce: bytes, frame: Buffer, tag: Buffer) -> Buffer:
        """The frame itself, once its tag verified. Raises Forged."""
        try:
            self._decrypt(nonce, tag, frame)
        except InvalidTag:
            raise Forged from None
        return frame

    def seal_head(self, nonce: bytes, start: bytes, head: Buffer, context: bytes) -> bytes:
        """Frame 0, all in clear."""
        return b"".join((start, head, self._encrypt(nonce, b"", b"".join((start, head, context)))))

    def open_head(self, nonce: bytes, frame: bytes, start: int, context: bytes) -> bytes:
        """The head, once the tag verified. Raises Forged."""
        try:
            self._decrypt(nonce, frame[-TAG_BYTES:], frame[:-TAG_BYTES] + context)
        except InvalidTag:
            raise Forged from None
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
    makers: dict[SuiteName, type[Gmac | Gcm | Hmac]] = {
        "aes-256-gmac": Gmac,
        "aes-256-gcm": Gcm,
        "hmac-sha256": Hmac,
    }
    return makers[name](key)
