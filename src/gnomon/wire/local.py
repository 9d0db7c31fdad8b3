"""Names of local channels into paths of sockets, in folders that only their owner can enter."""

import os
import stat
import tempfile
from pathlib import Path

from gnomon.wire.errors import WireError

LONGEST = 107
"""Bytes of a Unix socket's path, by Linux's sockaddr_un."""


def default_folder() -> Path:
    """This user's folder: `$XDG_RUNTIME_DIR/gnomon-wire`, or `gnomon-wire-UID` among the temporary files."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "gnomon-wire"
    return Path(tempfile.gettempdir()) / f"gnomon-wire-{os.geteuid()}"


def local_endpoint(endpoint: str, folder: Path) -> str:
    """The endpoint for libzmq, after making or checking the folder that it is in.

    `ipc://name` is in `folder`, `ipc:///a/path` where it says; `inproc://name` stays as it is. Raises WireError for
    another transport, for a folder that others could enter or replace, and for a path that is too long.
    """
    transport, _, name = endpoint.partition("://")
    if transport == "inproc" and name:
        return endpoint
    if transport != "ipc" or not name or name.startswith("@"):
        raise WireError(
            f"mode 'local' is for ipc:// and inproc:// endpoints, not {endpoint!r}; over a network, use 'curve'"
        )
    path = Path(name)
    if not path.is_absolute():
        if len(path.parts) != 1 or name in {".", ".."}:
            raise WireError(f"{endpoint!r} is neither a plain name nor an absolute path")
        path = folder / name
    private_folder(path.parent)
    if len(os.fsencode(path)) > LONGEST:
        raise WireError(f"{path} is longer than the {LONGEST} bytes that a socket's path can have")
    return f"ipc://{path}"


def private_folder(folder: Path) -> None:
    """Make the folder, or check the one that is there. Raises WireError if somebody else could enter or replace it.

    1. It is made with mode 0700, or there already.
    2. It is a folder and no link, belongs to us, and nobody else may do anything in it.
    3. No folder above lets others rename it: each belongs to us or root, and is sticky where others can write.
    """
    # 1.
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise WireError(f"{folder} can't be used for local channels: {error.strerror}") from error
    # 2.
    if not stat.S_ISDIR(found.st_mode):
        raise WireError(f"{folder} is not a folder: somebody else may have put it there")
    if found.st_uid != os.geteuid():
        raise WireError(f"{folder} belongs to user {found.st_uid}, not to {os.geteuid()}")
    if found.st_mode & 0o077:
        raise WireError(f"{folder} is open to others (mode {stat.S_IMODE(found.st_mode):04o}): chmod 700 {folder}")
    # 3.
    for above in folder.resolve().parents:
        status = above.stat()
        if status.st_uid not in {0, os.geteuid()}:
            raise WireError(f"{above}, above {folder}, belongs to user {status.st_uid}, who could replace it")
        if status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX:
            raise WireError(f"{above}, above {folder}, is writable by others and not sticky: they could replace it")
