"""Key files that `gnomon keys` wrote, into the keys of a shield. A secret that others can read is none, and is refused.

A key is one line, `gnomon-key-1.KIND.ID.FROM.UNTIL.BYTES`, as gnomon.wire has it. No message or `repr` shows a secret.
"""

import binascii
import os
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from ..errors import ShieldError

SUFFIXES: Final = (".key", ".pub")
MAX_KEY_FILE_BYTES: Final = 65_536
_BYTES: Final = 32
_MARK, _CURVE_SECRET, _CURVE_PUBLIC = "gnomon-key-1", "curve-secret", "curve-public"
_SUITES = ("aes-256-gmac", "aes-256-gcm", "hmac-sha256")
_NEW = "gnomon keys new"


class Secret:
    """32 bytes that no `repr` shows; `reveal()` alone gives them out."""

    __slots__ = ("_bytes",)

    def __init__(self, revealed: bytes) -> None:
        self._bytes = revealed

    def reveal(self) -> bytes:
        """The bytes; keep them out of messages and events."""
        return self._bytes

    def __repr__(self) -> str:
        return "<secret>"


class SharedKey(NamedTuple):
    """A secret that both ends have."""

    id: str
    """16 hex digits that follow from the secret."""
    secret: Secret
    seals_from: int
    """Seconds since 1970: servers and clients show it from then on; clients that show it are let in before."""
    accepted_until: int
    """Seconds since 1970: nobody uses it any more; 0 for never."""


class Pair(NamedTuple):
    """A CURVE pair of one's own. Whether the id belongs to the secret is seen when its public half is derived."""

    id: str
    secret: Secret


class Peer(NamedTuple):
    """The public half of somebody else's CURVE pair."""

    id: str
    public: bytes
    accepted_until: int


Key: TypeAlias = SharedKey | Pair | Peer


class CurveKeys(NamedTuple):
    """What one process has."""

    path: str
    """Where they were read, and can be read again; empty for nowhere."""
    shared: tuple[SharedKey, ...] = ()
    pair: Pair | None = None
    peers: tuple[Peer, ...] = ()


def read(path: str | Path) -> CurveKeys:
    """The keys of a file, one a line, or of all `*.key` and `*.pub` in a folder. Raises ShieldError."""
    path = Path(path)
    paths = _files_in(path) if path.is_dir() else [path]
    return _together(str(path), [key for file in paths for key in _keys_of(file)])


def expired(key: SharedKey | Peer, now: float) -> bool:
    """True once nobody should use the key any more; `now` in seconds since 1970."""
    return 0 < key.accepted_until <= now


def id_of(content: bytes, kind: str = _CURVE_PUBLIC) -> str:
    """The id of a public key, or of a secret of that kind."""
    return blake2b(content, digest_size=8, person=b"gnomon key id 1", salt=kind.encode()).hexdigest()


def _together(path: str, keys: Iterable[Key]) -> CurveKeys:
    keys = tuple(keys)
    pairs = [key for key in keys if isinstance(key, Pair)]
    if len(pairs) > 1:
        raise ShieldError(f"{path} has {len(pairs)} CURVE pairs; a process has one", remedy="move the others elsewhere")
    found = CurveKeys(
        path=path,
        shared=tuple(key for key in keys if isinstance(key, SharedKey)),
        pair=pairs[0] if pairs else None,
        peers=tuple(key for key in keys if isinstance(key, Peer)),
    )
    for ids in ([key.id for key in found.shared], [key.id for key in found.peers]):
        if twice := {each for each in ids if ids.count(each) > 1}:
            raise ShieldError(f"key {min(twice)} is twice in {path}", remedy="delete one of the two")
    return found


def _files_in(folder: Path) -> list[Path]:
    """The folder's key files, by name."""
    try:
        mode = folder.stat().st_mode
        paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    except OSError as error:
        raise ShieldError(f"keys in {folder} can't be read: {error.strerror}", remedy=f"ls -ld {folder}") from None
    # Kubernetes mounts secrets with mode 1777, read-only: there the owner of each file is what counts.
    if mode & 0o022 and not mode & stat.S_ISVTX:
        raise ShieldError(f"others can write into {folder}", remedy=f"chmod go-w {folder}")
    if not paths:
        raise ShieldError(f"there are no keys in {folder}", remedy=f"{_NEW} --folder {folder}")
    return paths


def _keys_of(path: Path) -> list[Key]:
    """The keys in a file that nobody else can read, or for public ones write."""
    try:
        # A pipe that was put in its place would keep us waiting for ever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            status = os.fstat(file.fileno())
            content = file.read(MAX_KEY_FILE_BYTES + 1) if stat.S_ISREG(status.st_mode) else None
    except OSError as error:
        raise ShieldError(f"key file {path} can't be read: {error.strerror}", remedy=f"ls -l {path}") from None
    if content is None or len(content) > MAX_KEY_FILE_BYTES:
        raise ShieldError(f"{path} is no key file", remedy=_NEW)
    keys = [_parsed(line.decode("utf-8", "replace"), path) for line in content.split()]
    if not keys:
        raise ShieldError(f"key file {path} is empty", remedy=_NEW)
    _check_access(path, status, public=all(isinstance(key, Peer) for key in keys))
    return keys


def _check_access(path: Path, status: os.stat_result, *, public: bool) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in {0, os.geteuid()}:
        raise ShieldError(
            f"key file {path} belongs to user {status.st_uid}: only ours and root's are used",
            remedy=f"chown {os.geteuid()} {path}",
        )
    if public and mode & 0o022:
        raise ShieldError(f"others can write public key {path} (mode {mode:04o})", remedy=f"chmod go-w {path}")
    # A mounted secret is root's, and readable to the group of the pod: that is how it is handed over.
    if not public and mode & (0o037 if status.st_uid == 0 else 0o077):
        raise ShieldError(
            f"others can use key file {path} (mode {mode:04o})",
            remedy=f"chmod 600 {path}, or for a mounted secret: defaultMode: 0440",
        )


def _parsed(line: str, path: Path) -> Key:
    """The key that a line says. An error quotes nothing of it but the id."""
    parts = line.split(".")
    if len(parts) != 6 or parts[0] != _MARK:
        raise _broken(path, f"this is no key: it should be {_MARK}.KIND.ID.FROM.UNTIL.BYTES")
    kind, identity, start, end = parts[1], parts[2], _seconds(parts[3], path), _seconds(parts[4], path)
    if len(identity) != 16 or identity.strip("0123456789abcdef"):
        raise _broken(path, "this is no key: its id is not 16 hex digits")
    content = _content(parts[5], identity, path)
    if start and kind in {_CURVE_SECRET, _CURVE_PUBLIC}:
        raise _broken(path, f"CURVE key {identity} has a time to begin at: it is in force at once, so that must be 0")
    if kind == _CURVE_SECRET:
        return Pair(identity, Secret(content))
    if kind not in {_CURVE_PUBLIC, *_SUITES}:
        raise _broken(path, f"key {identity} is of a kind that this version does not know")
    if identity != id_of(content, kind):
        raise _broken(path, f"key {identity} does not belong to its bytes: one of the two was changed")
    if kind == _CURVE_PUBLIC:
        return Peer(identity, content, end)
    return SharedKey(identity, Secret(content), start, end)


def _seconds(digits: str, path: Path) -> int:
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:
        raise _broken(path, "this is no key: its times are not seconds since 1970")
    return int(digits)


def _content(encoded: str, identity: str, path: Path) -> bytes:
    try:
        content = urlsafe_b64decode(encoded + "=")
    except (binascii.Error, ValueError):
        content = b""
    # Decoding passes over foreign characters and unused bits, so a key could be written in many ways: only one counts.
    if len(content) != _BYTES or urlsafe_b64encode(content).rstrip(b"=") != encoded.encode("utf-8", "replace"):
        raise _broken(path, f"key {identity} is damaged: it should end in 32 bytes of base64url")
    return content


def _broken(path: Path, problem: str) -> ShieldError:
    return ShieldError(f"{path}: {problem}", remedy=f"copy it again from where it was made, or make one: {_NEW}")
