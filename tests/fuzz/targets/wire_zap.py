"""Any question of who may connect is answered no, unless it proves a key of the list."""

import struct

from gnomon.wire.keys import CurvePair, Key, KeyRing
from gnomon.wire.mechanism import Curve, Greeting, Local, derived_pair
from gnomon.wire.stats import shown
from gnomon.wire.zap import DOMAIN, answer, refusal

_KEYS = (Key.of(bytes(range(32))), Key.of(bytes(range(1, 33))))
_SERVER, _CLIENT = CurvePair.of(bytes(range(2, 34))), CurvePair.of(bytes(range(3, 35)))
_SHARED = KeyRing(keys=_KEYS)
_JUDGES = (Local(), Greeting(_SHARED), Curve(_SHARED), Curve(KeyRing(pair=_SERVER, peers=(_CLIENT.public,))))
_GREETING = [bytes(value) for _, value in Greeting(_SHARED).clients(None)[0].options]


def _question(mechanism: bytes, *credentials: bytes) -> tuple[bytes, ...]:
    return (b"1.0", b"7", DOMAIN, b"127.0.0.1", b"", mechanism, *credentials)


_RIGHT = {
    (0, _question(b"NULL")): False,
    (1, _question(b"PLAIN", *_GREETING)): True,
    (2, _question(b"CURVE", derived_pair(_KEYS[0], "client").public.public)): True,
    (3, _question(b"CURVE", _CLIENT.public.public)): True,
    (3, _question(b"CURVE", _SERVER.public.public)): False,
}
_LET_IN = {1: {tuple(_GREETING)}, 2: set(), 3: {(_CLIENT.public.public,)}, 0: set()}
for _key in _KEYS:
    _LET_IN[1].add(tuple(bytes(value) for _, value in Greeting(KeyRing(keys=(_key,))).clients(None)[0].options))
    _LET_IN[2].add((derived_pair(_key, "client").public.public,))
SEEDS = tuple(
    bytes([which]) + b"".join(struct.pack("<H", len(frame)) + frame for frame in question) for which, question in _RIGHT
)


def once(data: bytes) -> None:
    """Who is let in showed exactly the credentials of a listed key; whoever is not is told of in printable text."""
    which, rest, question = (data[:1] or b"\0")[0] % 4, data[1:], []
    while len(rest) >= 2:
        length = int.from_bytes(rest[:2], "little")
        question.append(rest[2 : 2 + length])
        rest = rest[2 + length :]
    reply = answer(question, _JUDGES[which].judge)
    words = refusal(question, reply)
    assert len(reply) == 6
    assert shown(words).isprintable()
    if reply[2] == b"200":
        assert question[2] == DOMAIN
        assert tuple(question[6:]) in _LET_IN[which]
        assert not words
    else:
        assert words
    assert _RIGHT.get((which, tuple(question)), reply[2] == b"200") == (reply[2] == b"200")
