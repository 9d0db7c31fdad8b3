"""Any bytes in a key file, or in the variable that holds keys, are keys as they are written, or are refused."""

from pathlib import Path

from gnomon.wire.errors import KeyMissing, KeyWrong
from gnomon.wire.key_files import keys_of_file, ring_from_environment
from gnomon.wire.keys import SUITES, CurvePair, Key, KeyRing, parsed, written
from tests.fuzz.anonymous import with_file

_KEYS = [Key.of(bytes(range(32)), suite) for suite in SUITES]
_PAIR = CurvePair.of(bytes(range(1, 33)))
SEEDS = (
    *(written(key).encode() for key in _KEYS),
    f"{written(_PAIR)}\n{written(_PAIR.public)}\n".encode(),
    written(
        Key(id=_KEYS[0].id, secret=_KEYS[0].secret, seals_from=1_800_000_000, accepted_until=1_900_000_000)
    ).encode(),
    b"gnomon-key-1.aes-256-gmac.0e9c9129b16a4558.0.0.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    b" \n\t",
)
_SECRETS = [written(key).rpartition(".")[2] for key in (*_KEYS, _PAIR)]
_LONG = 12
"""Characters of these that no message may repeat in a row."""


def once(data: bytes) -> None:
    """Each key says itself again, in one way alone; no message repeats what was a secret."""
    with_file(data, lambda path: _tell(lambda: _read(path)))
    text = data.decode("utf-8", "replace").replace("\0", "")
    _tell(lambda: ring_from_environment("K", {"K": text}))


def _read(path: Path) -> None:
    path.chmod(0o600)
    keys = keys_of_file(path)
    words = path.read_bytes().split()
    assert [written(key).encode() for key in keys] == [_normal(word) for word in words]
    KeyRing.of(keys)


def _normal(word: bytes) -> bytes:
    """Times may have zeros in front; everything else is written in one way."""
    parts = word.split(b".")
    parts[3:5] = [str(int(part)).encode() for part in parts[3:5]]
    return written(parsed(word.decode())).encode() if parts[1] == b"curve-secret" else b".".join(parts)


def _tell(read) -> None:
    try:
        read()
    except (KeyMissing, KeyWrong) as error:
        told = str(error)
        assert not any(secret[at : at + _LONG] in told for secret in _SECRETS for at in range(len(secret) - _LONG))
