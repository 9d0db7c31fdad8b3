"""Built knowledge kept between runs, in a file that only its owner can have written."""

import contextlib
import os
from pathlib import Path

import msgspec

from gnomon.core.model import Knowledge

_OTHERS = 0o077
"""Permission bits of everybody but the owner."""


def kept(digest: str) -> Knowledge | None:
    """The knowledge kept under `digest`; None if there is none, or it is damaged or could be somebody else's."""
    file = _file(digest)
    try:
        if not (_is_private(file.parent) and _is_private(file)):
            return None
        return msgspec.msgpack.decode(file.read_bytes(), type=Knowledge)
    except (OSError, msgspec.DecodeError):
        return None


def keep(digest: str, knowledge: Knowledge) -> None:
    """Keep `knowledge` for the next run; where nothing can be written, each run builds its own."""
    import tempfile  # here, since only the first run writes

    file = _file(digest)
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(file.parent):
            return
        for older in file.parent.glob("*.msgpack"):
            older.unlink(missing_ok=True)
        # mkstemp makes the file with mode 0600; the rename makes it appear whole or not at all.
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        with os.fdopen(handle, "wb") as opened:
            opened.write(msgspec.msgpack.encode(knowledge))
        Path(temporary).replace(file)


def _file(digest: str) -> Path:
    return _folder() / "knowledge" / f"{digest[:32]}.msgpack"


def _folder() -> Path:
    if chosen := os.environ.get("GNOMON_CACHE_DIR"):
        return Path(chosen)
    import platformdirs  # here, since the variable spares a run the import

    return Path(platformdirs.user_cache_dir("gnomon"))


def _is_private(path: Path) -> bool:
    """True if the path is ours, not a link, and closed to others (where the system knows owners)."""
    status = path.lstat()
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not path.is_symlink() and not status.st_mode & _OTHERS
