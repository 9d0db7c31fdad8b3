"""Keys from where they lie: a file, a folder or mounted secret, the environment.

A secret that others can read is none, so one is used only if nobody else can: KeyWrong says what to type.
"""

import os
import stat
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

from gnomon.wire.errors import KeyMissing, KeyWrong
from gnomon.wire.keys import AnyKey, CurvePublic, KeyRing, parsed, written
from gnomon.wire.process import Process

VARIABLE: Final = "GNOMON_KEYS"
SUFFIXES: Final = {True: ".pub", False: ".key"}
"""By whether the key is public."""
MAX_KEY_FILE_BYTES: Final = 65_536
_READ: list[KeyRing] = []
"""What `process_ring` read last."""
_MODES = (
    os.name == "posix"
)  # elsewhere who can read is not in a mode, and the folder's access list is the user's affair


def ring_from_file(path: Path | str) -> KeyRing:
    """The keys of one file, one a line. Raises KeyMissing, KeyWrong."""
    return KeyRing.of(keys_of_file(Path(path)))


def ring_from_folder(path: Path | str) -> KeyRing:
    """The keys of all `*.key` and `*.pub` in a folder, or a mounted secret. Raises KeyMissing, KeyWrong."""
    return KeyRing.of(key for file in key_paths(Path(path)) for key in keys_of_file(file))


def ring_from_environment(name: str = VARIABLE, environment: MutableMapping[str, str] = os.environ) -> KeyRing:
    """The keys in a variable, which is gone afterwards, so that no child gets it. Raises KeyMissing, KeyWrong.

    On Linux it is also overwritten in the process's memory, from where /proc/PID/environ would show it to the end.
    """
    text = environment.get(name)
    if text is None:
        raise KeyMissing(f"the variable {name} is not set; it should hold keys made with: gnomon keys new")
    if environment is os.environ:
        _overwrite(name)
    del environment[name]
    return KeyRing.from_text(text)


def process_ring() -> KeyRing:
    """The keys of GNOMON_KEYS, or what they were: they are gone once they were read, and further contexts want them.

    Raises KeyMissing, KeyWrong.
    """
    with Process.lock:  # another thread may have taken the variable out, and not have its keys yet
        if VARIABLE in os.environ or not _READ:
            _READ[:] = [ring_from_environment()]
        return _READ[0]


def key_paths(folder: Path) -> list[Path]:
    """The folder's key files, by name. Raises KeyMissing if there are none, KeyWrong if anybody may put some there."""
    try:
        mode = folder.stat().st_mode
        paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES.values())
    except OSError as error:
        raise KeyMissing(f"there are no keys in {folder}: {error.strerror}") from None
    # Kubernetes mounts secrets with mode 1777, read-only: there the owner of each file is what counts.
    if _MODES and mode & 0o022 and not mode & stat.S_ISVTX:
        raise KeyWrong(f"others can write into {folder}: chmod go-w {folder}")
    if not paths:
        raise KeyMissing(f"there are no keys in {folder}; make one with: gnomon keys new --folder {folder}")
    return paths


def keys_of_file(path: Path) -> tuple[AnyKey, ...]:
    """The keys in a file that nobody else can read, or for public ones write. Raises KeyMissing, KeyWrong."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            content = file.read(MAX_KEY_FILE_BYTES + 1) if stat.S_ISREG(status.st_mode) else None
    except OSError as error:
        raise KeyMissing(f"key file {path} can't be read: {error.strerror}") from None
    if content is None or len(content) > MAX_KEY_FILE_BYTES:
        raise KeyWrong(f"{path} is no key file")
    keys = tuple(_parsed(line, path) for line in content.split())
    if not keys:
        raise KeyMissing(f"key file {path} is empty")
    check_access(path, status, public=all(isinstance(key, CurvePublic) for key in keys))
    return keys


def save_key(key: AnyKey, folder: Path) -> Path:
    """Writes the key's own file, ID.key or ID.pub, whole or not at all; the folder is made. Raises KeyWrong."""
    path = folder / f"{key.id.hex()}{SUFFIXES[isinstance(key, CurvePublic)]}"
    draft = path.with_suffix(f".{os.getpid()}.draft")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 (made with its mode, not given it afterwards)
            file.write(written(key).encode() + b"\n")
            file.flush()
            os.fsync(descriptor)
        draft.replace(path)
    except OSError as error:
        raise KeyWrong(f"key {key.id.hex()} can't be written to {folder}: {error.strerror}") from None
    return path


def _without_waiting(path: str, flags: int) -> int:
    """Opens a file; a pipe that was put in its place would keep us waiting for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _parsed(line: bytes, path: Path) -> AnyKey:
    try:
        return parsed(line.decode("utf-8", "replace"))
    except KeyWrong as error:
        raise KeyWrong(f"{path}: {error}") from None


def check_access(path: Path, status: os.stat_result, *, public: bool) -> None:
    """Nothing, if only its owner can use a secret, or write what is public. Raises KeyWrong."""
    mode = stat.S_IMODE(status.st_mode)
    if _MODES and status.st_uid not in (0, os.geteuid()):
        raise KeyWrong(f"key file {path} belongs to user {status.st_uid}: only ours and root's are used")
    if _MODES and public and mode & 0o022:
        raise KeyWrong(f"others can write public key {path} (mode {mode:04o}): chmod go-w {path}")
    # A mounted secret is root's, and readable to the group of the pod: that is how it is handed over.
    if _MODES and not public and mode & (0o037 if status.st_uid == 0 else 0o077):
        raise KeyWrong(
            f"others can use key file {path} (mode {mode:04o}): chmod 600 {path}, "
            "or for a mounted secret: defaultMode: 0440"
        )


def _overwrite(name: str, process: Path = Path("/proc/self")) -> None:
    """Overwrites the value where Linux shows what the process was given: unsetting leaves those bytes as they are.

    Where there is no such place, or it can't be written, nothing is done.
    """
    try:
        fields = (process / "stat").read_bytes().rpartition(b")")[2].split()
        start, end = int(fields[47]), int(fields[48])  # env_start and env_end of proc_pid_stat(5)
        with (process / "mem").open("r+b", buffering=0) as memory:
            memory.seek(start)
            at = start
            for entry in memory.read(end - start).split(b"\0"):
                if entry.startswith(name.encode() + b"="):
                    memory.seek(at + len(name) + 1)
                    memory.write(b"0" * (len(entry) - len(name) - 1))
                at += len(entry) + 1
    except (OSError, IndexError):
        return
