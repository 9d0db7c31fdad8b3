"""Keys as what they mean to libzmq: options for a socket that binds or connects, and who is let in. Touches no socket.

From a shared key both ends derive a CURVE pair for servers and one for clients, as gnomon.wire does in mode `curve`.
"""

import hmac
import time
from base64 import b85decode, b85encode
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from ..errors import ShieldError
from .curve_keys import CurveKeys, SharedKey, expired, id_of, read

PublicOf: TypeAlias = Callable[[bytes], bytes]
"""Secret half of a CURVE pair into the public one, both 32 bytes."""
Tell: TypeAlias = Callable[..., None]
"""(event, **facts)."""
AGAIN_S: Final = 1.0
"""Least time between two readings of the keys: strangers cause them."""
_DIGITS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# The same code in two alphabets: that of RFC 1924 in Python's library, that of ZeroMQ's RFC 32 in libzmq.
_PYTHON: Final = _DIGITS + b"!#$%&()*+-;<=>?@^_`{|}~"
_LIBZMQ: Final = _DIGITS.swapcase()[:10] + _DIGITS[36:] + _DIGITS[10:36] + b".-:+=^!/*?&<>()[]{}@%$#"
_TO_LIBZMQ, _FROM_LIBZMQ = bytes.maketrans(_PYTHON, _LIBZMQ), bytes.maketrans(_LIBZMQ, _PYTHON)


class Client(NamedTuple):
    """What a socket that connects shows."""

    public: bytes
    secret: bytes
    server: bytes
    """Public key of the server, which it insists on."""


class Curve:
    """The keys of a process, and who is on their list. Safe to be used by several threads."""

    def __init__(
        self,
        keys: CurveKeys,
        public_of: PublicOf,
        tell: Tell,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ShieldError if the id of the pair is another secret's."""
        self._public_of = public_of
        self._tell = tell
        self._clock = clock
        self._ticks = ticks
        self._read_at = ticks()
        self._derived: dict[bytes, str] = {}
        """Clients' public keys into ids: derived once, since anybody makes us look at the list."""
        self._use(keys)

    def server(self) -> bytes:
        """The secret key to bind with. Raises ShieldError if there is none, or nobody who could come in."""
        keys, now = self._keys, self._clock()
        if keys.pair is None:
            return _derived(self._in_force(), "server")
        if all(expired(peer, now) for peer in keys.peers):
            raise ShieldError(
                f"CURVE pair {keys.pair.id} has no list of clients to bind with",
                remedy=f"put their public keys (gnomon keys new --curve --public FILE) into {keys.path}",
            )
        return keys.pair.secret.reveal()

    def client(self) -> Client:
        """The keys to connect with. Raises ShieldError if there are none, or several servers to choose from."""
        keys, now = self._keys, self._clock()
        if keys.pair is None:
            key = self._in_force()
            secret = _derived(key, "client")
            return Client(self._public_of(secret), secret, self._public_of(_derived(key, "server")))
        servers = [peer for peer in keys.peers if not expired(peer, now)]
        if len(servers) != 1:
            found = ", ".join(peer.id for peer in servers) or "none"
            raise ShieldError(
                f"to connect with CURVE pair {keys.pair.id}, {keys.path} has to have one public key, the server's; "
                f"there is: {found}",
                remedy="give clients a folder of their own, or all processes one shared key: gnomon keys new",
            )
        secret = keys.pair.secret.reveal()
        return Client(self._public_of(secret), secret, servers[0].public)

    def judge(self, public: bytes) -> str | None:
        """Id of the listed key that this public one is, or None. Reads the keys again if it is not there."""
        found = self._listed(public)
        if found is None and self._read_again():
            found = self._listed(public)
        return found

    def _listed(self, public: bytes) -> str | None:
        keys, now = self._keys, self._clock()
        if keys.pair is not None:
            known = {peer.public: peer.id for peer in keys.peers if not expired(peer, now)}
        else:
            alive = {key.id for key in keys.shared if not expired(key, now)}
            known = {each: identity for each, identity in self._derived.items() if identity in alive}
        return next((identity for each, identity in known.items() if hmac.compare_digest(each, public)), None)

    def _in_force(self) -> SharedKey:
        """The shared key that took over last."""
        now = self._clock()
        usable = [key for key in self._keys.shared if key.seals_from <= now and not expired(key, now)]
        if not usable:
            raise ShieldError(
                f"no shared key of {self._keys.path} is in force, and no CURVE pair is there",
                remedy=f"gnomon keys new --folder {self._keys.path}",
            )
        return max(usable, key=lambda key: (key.seals_from, key.id))

    def _read_again(self) -> bool:
        """True if the keys were read. If they can't be, those from before stay."""
        now = self._ticks()
        if not self._keys.path or now - self._read_at < AGAIN_S:
            return False
        self._read_at = now
        try:
            self._use(read(self._keys.path))
        except ShieldError as error:
            self._tell("shield-keys-unreadable", problem=error.problem)
            return False
        return True

    def _use(self, keys: CurveKeys) -> None:
        pair = keys.pair
        if pair is not None and id_of(self._public_of(pair.secret.reveal())) != pair.id:
            raise ShieldError(
                f"{keys.path}: CURVE pair {pair.id} does not belong to its secret: one of the two was changed",
                remedy="copy it again from where it was made",
            )
        self._derived = {self._public_of(_derived(key, "client")): key.id for key in keys.shared}
        self._keys = keys


def public_by(curve_public: Callable[[bytes], bytes]) -> PublicOf:
    """Of pyzmq's function, which takes and gives 40 characters of Z85, the one for bytes."""

    def public_of(secret: bytes) -> bytes:
        encoded = b85encode(secret).translate(_TO_LIBZMQ)
        return b85decode(curve_public(encoded).translate(_FROM_LIBZMQ))

    return public_of


def _derived(key: SharedKey, role: str) -> bytes:
    """HKDF (RFC 5869) with SHA-256: no salt, and one block, since 32 bytes are wanted."""
    extracted = hmac.digest(bytes(32), key.secret.reveal(), "sha256")
    return hmac.digest(extracted, f"gnomon.wire curve {role} 1".encode() + b"\x01", "sha256")
