"""Modes as what they mean to libzmq: options for sockets that bind or connect, and who is let in. Touches no socket.

- `curve`: libzmq's CURVE. The list of clients is enforced for every connection.
- `sealed`: messages carry their own seal. Connections are greeted with the id of a key and a proof of it (ZMTP's
  PLAIN), to tell both ends at once when a key is missing, and for nothing else: who sees the network can use the proof
  again, but can't make a seal with it.
- `local`: nothing; the folder keeps others out.
- `tls`: nothing; its sockets are not libzmq's.

`auto` is none of them: it stands for curve or sealed (auto.py).
"""

import time
from collections.abc import Callable, Sequence
from hmac import compare_digest
from typing import Literal, Protocol, TypeAlias

import zmq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from gnomon.wire.errors import KeyMissing, WireError
from gnomon.wire.keys import CurvePair, CurvePublic, Key, KeyRing, expired
from gnomon.wire.live_ring import LiveRing, live
from gnomon.wire.zap import DOMAIN

Mode: TypeAlias = Literal["curve", "sealed", "local", "tls"]
Options: TypeAlias = tuple[tuple[int, int | bytes], ...]

ENFORCED: Options = ((zmq.ZAP_DOMAIN, DOMAIN), (zmq.ZAP_ENFORCE_DOMAIN, 1))
"""Without the second, libzmq lets everybody in when nobody answers its questions."""


class Face(Struct, frozen=True, kw_only=True):
    """How a socket shows itself: the options that make it so, and the keys that are told when it fails."""

    key_id: str
    """Of the key it shows, 16 hex digits; empty for none."""
    expects: str = ""
    """Id of the server's public key that it insists on, where that is another one."""
    options: Options = ()


class Mechanism(Protocol):
    """What a mode asks of connections."""

    def server(self) -> Face:
        """For a socket that binds. Raises KeyMissing."""

    def clients(self, server: str | None) -> tuple[Face, ...]:
        """For a socket that connects, to be tried in order: several while keys are replaced. Raises KeyMissing."""

    def judge(self, mechanism: bytes, credentials: Sequence[bytes]) -> str | None:
        """Id of the key that the credentials prove, or None: turn it away."""


class Local:
    """Mode `local`: no keys."""

    def server(self) -> Face:
        """No options."""
        return Face(key_id="")

    def clients(self, server: str | None) -> tuple[Face, ...]:
        """No options."""
        _without_public_key(server, "local")
        return (Face(key_id=""),)

    def judge(self, mechanism: bytes, credentials: Sequence[bytes]) -> str | None:  # noqa: ARG002
        """Nobody: no socket of this mode asks."""
        return None


class Curve:
    """Mode `curve`, with a CURVE pair and public keys, or with shared keys alone.

    From a shared key both ends derive a pair for servers and one for clients. Whoever has it can be either.
    """

    def __init__(self, ring: KeyRing | LiveRing, clock: Callable[[], float] = time.time) -> None:
        self._live = live(ring)
        self._clock = clock
        self._derived: dict[bytes, bytes] = {}
        """Public key of the client's pair, by id of the key: derived once, since anybody makes us look at the list."""

    def server(self) -> Face:
        """Our pair, and questions about every client."""
        ring, now = self._live.ring, self._clock()
        if ring.pair is None and ring.keys:
            key = ring.sealing(now)
            return _serving(key.id, derived_pair(key, "server"))
        if ring.pair is None:
            raise KeyMissing(
                "mode 'curve' needs a key to bind: a CURVE pair and its clients' public keys, or a shared key"
            )
        if not ring.accepted_peers(now):
            raise KeyMissing(f"CURVE pair {ring.pair.id.hex()} has no list of clients: add their public keys to bind")
        return _serving(ring.pair.id, ring.pair)

    def clients(self, server: str | None) -> tuple[Face, ...]:
        """Our pair with the server's public key; of several, `server` names the one."""
        ring, now = self._live.ring, self._clock()
        if ring.pair is None and ring.keys:
            first = ring.sealing(now)
            keys = [first, *(key for key in ring.keys if key is not first and not expired(key, now))]
            return tuple(
                _joining(key.id, derived_pair(key, "client"), derived_pair(key, "server").public) for key in keys
            )
        if ring.pair is None:
            raise KeyMissing(
                "mode 'curve' needs a key to connect: a CURVE pair and the server's public key, or a shared key"
            )
        known = ring.accepted_peers(now)
        chosen = known if server is None else tuple(peer for peer in known if peer.id.hex() == server)
        if not chosen:
            wanted = f"public key {server} of the server" if server else "a server's public key"
            raise KeyMissing(f"{wanted} is missing, or retired, on the ring of CURVE pair {ring.pair.id.hex()}")
        return tuple(_joining(ring.pair.id, ring.pair, peer, expects=peer.id.hex()) for peer in chosen)

    def judge(self, mechanism: bytes, credentials: Sequence[bytes]) -> str | None:
        """Id of the listed key that the client proved to have."""
        if mechanism != b"CURVE" or len(credentials) != 1:
            return None
        return next((name for name, public in self._listed() if compare_digest(public, credentials[0])), None)

    def _listed(self) -> list[tuple[str, bytes]]:
        ring, now = self._live.ring, self._clock()
        if ring.pair is not None:
            return [(peer.id.hex(), peer.public) for peer in ring.accepted_peers(now)]
        return [(key.id.hex(), self._client(key)) for key in ring.keys if not expired(key, now)]

    def _client(self, key: Key) -> bytes:
        if (public := self._derived.get(key.id)) is None:
            public = self._derived[key.id] = derived_pair(key, "client").public.public
        return public


class Greeting:
    """Mode `sealed`: a shared key on both ends. Without a greeting, there may be a broker without keys between them."""

    def __init__(
        self, ring: KeyRing | LiveRing, *, greets: bool = True, clock: Callable[[], float] = time.time
    ) -> None:
        self._live = live(ring)
        self._greets = greets
        self._clock = clock

    def server(self) -> Face:
        """Ask for a proof of a key."""
        key_id = self._live.ring.sealing(self._clock()).id.hex()
        return Face(key_id=key_id, options=((zmq.PLAIN_SERVER, 1), *ENFORCED) if self._greets else ())

    def clients(self, server: str | None) -> tuple[Face, ...]:
        """Show the proof of the key that we seal with."""
        _without_public_key(server, "sealed")
        key = self._live.ring.sealing(self._clock())
        name = key.id.hex()
        shown: Options = ((zmq.PLAIN_USERNAME, name.encode()), (zmq.PLAIN_PASSWORD, _proof(key)))
        return (Face(key_id=name, options=shown if self._greets else ()),)

    def judge(self, mechanism: bytes, credentials: Sequence[bytes]) -> str | None:
        """Id of the key that was proved."""
        if mechanism != b"PLAIN" or len(credentials) != 2:
            return None
        now = self._clock()
        for key in self._live.ring.keys:
            if key.id.hex().encode() == credentials[0] and not expired(key, now):
                return key.id.hex() if compare_digest(_proof(key), credentials[1]) else None
        return None


def _without_public_key(server: str | None, mode: Mode) -> None:
    if server is not None:
        raise WireError(f"in mode {mode!r} a server has no public key; {server} can't be asked for")


def derived_pair(key: Key, role: Literal["server", "client"]) -> CurvePair:
    """The CURVE pair that both ends derive from a shared key."""
    return CurvePair.of(_derived(key, f"curve {role}"))


def _serving(key_id: bytes, pair: CurvePair) -> Face:
    own: Options = ((zmq.CURVE_SERVER, 1), (zmq.CURVE_SECRETKEY, pair.secret.reveal()))
    return Face(key_id=key_id.hex(), options=(*own, *ENFORCED))


def _joining(key_id: bytes, pair: CurvePair, server: CurvePublic, expects: str = "") -> Face:
    return Face(
        key_id=key_id.hex(),
        expects=expects,
        options=(
            (zmq.CURVE_PUBLICKEY, pair.public.public),
            (zmq.CURVE_SECRETKEY, pair.secret.reveal()),
            (zmq.CURVE_SERVERKEY, server.public),
        ),
    )


def _proof(key: Key) -> bytes:
    return _derived(key, "greeting").hex().encode()


def _derived(key: Key, purpose: str) -> bytes:
    info = f"gnomon.wire {purpose} 1".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.secret.reveal())
