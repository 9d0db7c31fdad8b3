"""Keys as values: what they are called, how they are written down, and which of a ring is used when.

A key is written as one line of text, the same in a file, a mounted secret and an environment variable:

    gnomon-key-1.KIND.ID.FROM.UNTIL.BYTES

KIND is a suite or half of a CURVE pair, ID 16 hex digits that follow from the bytes, FROM and UNTIL seconds since 1970
(0: no bound), BYTES 32 bytes in base64url. No error, `repr` or text of this module shows the bytes of a secret.
"""

import binascii
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import blake2b
from hmac import compare_digest
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from gnomon.wire.errors import KeyMissing, KeyWrong

SuiteName: TypeAlias = Literal["aes-256-gmac", "aes-256-gcm", "hmac-sha256"]
SUITES: Final[tuple[SuiteName, ...]] = get_args(SuiteName)
SECRET_BYTES: Final = 32
_MARK, _CURVE_SECRET, _CURVE_PUBLIC = "gnomon-key-1", "curve-secret", "curve-public"


class Secret:
    """Bytes that no `repr`, format or encoder shows; `reveal()` alone gives them out."""

    __slots__ = ("_bytes",)

    def __init__(self, revealed: bytes) -> None:
        if len(revealed) != SECRET_BYTES:
            raise KeyWrong(f"a secret has {SECRET_BYTES} bytes, this one has {len(revealed)}")
        self._bytes = bytes(revealed)

    def reveal(self) -> bytes:
        """The bytes; keep them out of messages and logs."""
        return self._bytes

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(self._bytes, other._bytes)

    def __hash__(self) -> int:
        return hash(self._bytes)


class Key(Struct, frozen=True, kw_only=True):
    """A secret that both ends share, to seal with and to open. Raises KeyWrong if the id is another secret's."""

    id: bytes
    """8 bytes, derived from secret and suite: two ends that show the same id have the same key."""
    secret: Secret
    suite: SuiteName = "aes-256-gmac"
    """What messages are sealed with; fixed here, so that nothing on the wire can choose."""
    seals_from: int = 0
    """Seconds since 1970: senders use it from then on, receivers accept it before."""
    accepted_until: int = 0
    """Seconds since 1970: nobody uses it any more; 0 for never."""

    def __post_init__(self) -> None:
        if self.suite not in SUITES:
            raise KeyWrong(f"there is no such suite; there are: {', '.join(SUITES)}")
        if self.id != _id_of(self.secret.reveal(), self.suite):
            raise KeyWrong(f"key {self.id.hex()} does not belong to its secret: one of the two was changed")

    @classmethod
    def of(cls, secret: bytes, suite: SuiteName = "aes-256-gmac", *, seals_from: int = 0) -> "Key":
        """The key of 32 random bytes. A password is none: whoever guesses it can seal."""
        return cls(id=_id_of(secret, suite), secret=Secret(secret), suite=suite, seals_from=seals_from)

    @classmethod
    def new(cls, suite: SuiteName = "aes-256-gmac", *, seals_from: int = 0) -> "Key":
        """A key from the system's random source."""
        return cls.of(os.urandom(SECRET_BYTES), suite, seals_from=seals_from)


class CurvePublic(Struct, frozen=True, kw_only=True):
    """The public half of a CURVE pair: for a server who may come in, for a client whom it means to reach."""

    id: bytes
    public: bytes
    """32 bytes, as libzmq takes them."""
    accepted_until: int = 0

    def __post_init__(self) -> None:
        if len(self.public) != SECRET_BYTES or self.id != _id_of(self.public, _CURVE_PUBLIC):
            raise KeyWrong(f"public key {self.id.hex()} does not belong to its bytes: one of the two was changed")

    @classmethod
    def of(cls, public: bytes) -> "CurvePublic":
        """The public key of its 32 bytes."""
        return cls(id=_id_of(public, _CURVE_PUBLIC), public=public)


class CurvePair(Struct, frozen=True, kw_only=True):
    """A CURVE pair of one's own."""

    public: CurvePublic
    secret: Secret
    """32 bytes, as libzmq takes them."""

    def __post_init__(self) -> None:
        if self.public.public != _public_of(self.secret.reveal()):
            raise KeyWrong(f"CURVE pair {self.id.hex()} is no pair: its halves don't belong together")

    @property
    def id(self) -> bytes:
        """The id of its public half."""
        return self.public.id

    @classmethod
    def of(cls, secret: bytes) -> "CurvePair":
        """The pair of its 32 secret bytes."""
        hidden = Secret(secret)
        return cls(public=CurvePublic.of(_public_of(secret)), secret=hidden)

    @classmethod
    def new(cls) -> "CurvePair":
        """A pair from the system's random source."""
        return cls.of(os.urandom(SECRET_BYTES))


AnyKey: TypeAlias = Key | CurvePair | CurvePublic


class KeyRing(Struct, frozen=True, kw_only=True):
    """The keys of one end. Raises KeyWrong if two of them have the same id."""

    keys: tuple[Key, ...] = ()
    """For sealing and opening; several while one is being replaced."""
    pair: CurvePair | None = None
    """One's own CURVE pair."""
    peers: tuple[CurvePublic, ...] = ()
    """CURVE keys of the others; several per peer while one is being replaced."""

    def __post_init__(self) -> None:
        for ids in ([key.id for key in self.keys], [peer.id for peer in self.peers]):
            if twice := {each.hex() for each in ids if ids.count(each) > 1}:
                raise KeyWrong(f"key {min(twice)} is there twice")

    @classmethod
    def of(cls, items: Iterable[AnyKey]) -> "KeyRing":
        """The ring of these keys. Raises KeyWrong for a second CURVE pair: a socket has one."""
        items = tuple(items)
        pairs = [item for item in items if isinstance(item, CurvePair)]
        if len(pairs) > 1:
            raise KeyWrong(f"there are {len(pairs)} CURVE pairs ({', '.join(_hex(pairs))}); an end has one")
        return cls(
            keys=tuple(item for item in items if isinstance(item, Key)),
            pair=pairs[0] if pairs else None,
            peers=tuple(item for item in items if isinstance(item, CurvePublic)),
        )

    @classmethod
    def from_text(cls, text: str) -> "KeyRing":
        """The ring of keys given as text, blanks or line ends between them. Raises KeyWrong, KeyMissing if empty."""
        words = text.split()
        if not words:
            raise KeyMissing("the text holds no key; make one with: gnomon keys new")
        return cls.of(parsed(word) for word in words)

    def get(self, identity: bytes) -> Key | None:
        """The key to open with that has this id, if there is one."""
        return next((key for key in self.keys if key.id == identity), None)

    def peer(self, identity: bytes) -> CurvePublic:
        """The public key with this id. Raises KeyMissing."""
        found = next((peer for peer in self.peers if peer.id == identity), None)
        if found is None:
            raise KeyMissing(f"public key {identity.hex()} is not on the ring, there {_are(_hex(self.peers))}")
        return found

    def sealing(self, now: float) -> Key:
        """The key to seal with: the one that took over last. Raises KeyMissing if none has yet, or none any more."""
        usable = [key for key in self.keys if key.seals_from <= now and not expired(key, now)]
        if not usable:
            there = [f"{key.id.hex()} ({'retired' if expired(key, now) else 'not yet'})" for key in self.keys]
            raise KeyMissing(f"no shared key is in force, there {_are(there)}; make one with: gnomon keys new")
        return max(usable, key=lambda key: (key.seals_from, key.id))

    def accepted_peers(self, now: float) -> tuple[CurvePublic, ...]:
        """The public keys that are still in force."""
        return tuple(peer for peer in self.peers if not expired(peer, now))


def expired(key: Key | CurvePublic, now: float) -> bool:
    """True once nobody should use the key any more; `now` in seconds since 1970."""
    return 0 < key.accepted_until <= now


def written(key: AnyKey) -> str:
    """The key as one line, without line end. That of a Key or CurvePair holds the secret."""
    if isinstance(key, Key):
        return _line(key.suite, key.id, (key.seals_from, key.accepted_until), key.secret.reveal())
    if isinstance(key, CurvePair):
        return _line(_CURVE_SECRET, key.id, (0, key.public.accepted_until), key.secret.reveal())
    return _line(_CURVE_PUBLIC, key.id, (0, key.accepted_until), key.public)


def _line(kind: str, identity: bytes, times: tuple[int, int], content: bytes) -> str:
    encoded = urlsafe_b64encode(content).rstrip(b"=").decode()
    return f"{_MARK}.{kind}.{identity.hex()}.{times[0]}.{times[1]}.{encoded}"


def parsed(line: str) -> AnyKey:
    """The key that a line says, without line end. Raises KeyWrong, which quotes nothing of it but the id."""
    parts = line.split(".")
    if len(parts) != 6 or parts[0] != _MARK:
        raise KeyWrong(f"this is no key: it should be {_MARK}.KIND.ID.FROM.UNTIL.BYTES")
    kind, identity, start, end = parts[1], _identity(parts[2]), _seconds(parts[3]), _seconds(parts[4])
    content = _content(parts[5], identity)
    if start and kind in {_CURVE_SECRET, _CURVE_PUBLIC}:
        raise KeyWrong(f"CURVE key {identity.hex()} has a time to begin at: it is in force at once, so that must be 0")
    key: AnyKey
    if kind == _CURVE_SECRET:
        pair = CurvePair.of(content)
        key = CurvePair(
            public=CurvePublic(id=pair.id, public=pair.public.public, accepted_until=end), secret=pair.secret
        )
    elif kind == _CURVE_PUBLIC:
        key = CurvePublic(id=identity, public=content, accepted_until=end)
    elif suite := next((name for name in SUITES if name == kind), None):
        key = Key(id=identity, secret=Secret(content), suite=suite, seals_from=start, accepted_until=end)
    else:
        raise KeyWrong(f"key {identity.hex()} is of a kind that this version does not know")
    if key.id != identity:
        raise KeyWrong(f"CURVE pair {identity.hex()} does not belong to its secret: one of the two was changed")
    return key


def _identity(digits: str) -> bytes:
    if len(digits) != 16 or digits.strip("0123456789abcdef"):
        raise KeyWrong("this is no key: its id is not 16 hex digits")
    return bytes.fromhex(digits)


def _seconds(digits: str) -> int:
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:
        raise KeyWrong("this is no key: its times are not seconds since 1970")
    return int(digits)


def _content(encoded: str, identity: bytes) -> bytes:
    try:
        content = urlsafe_b64decode(encoded + "=")
    except (binascii.Error, ValueError):
        content = b""
    # Decoding passes over foreign characters and unused bits, so a key could be written in many ways: only one counts.
    if len(content) != SECRET_BYTES or urlsafe_b64encode(content).rstrip(b"=") != encoded.encode("utf-8", "replace"):
        raise KeyWrong(f"key {identity.hex()} is damaged: it should end in 32 bytes of base64url")
    return content


def _id_of(content: bytes, kind: str) -> bytes:
    """Tells keys apart and finds damage. One-way: it does not help to find 32 random bytes."""
    return blake2b(content, digest_size=8, person=b"gnomon key id 1", salt=kind.encode()).digest()


def _public_of(secret: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _hex(keys: Iterable[AnyKey]) -> list[str]:
    return [key.id.hex() for key in keys]


def _are(names: list[str]) -> str:
    return f"are: {', '.join(names)}" if names else "is none"
