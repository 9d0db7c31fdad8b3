"""Runs gnomon and notes whatever it does to the world that a scan has no business to do.

usage: python watch.py LOG ROOT CACHE ARGUMENT…   (what `gnomon ARGUMENT…` would do, in the current folder)

A line is written to LOG for each read outside of ROOT (Python's own files and CACHE excepted), each write outside of
CACHE, for running, importing or compiling a file of ROOT, and for starting any process or opening any connection.
Python tells of these by its audit events (https://docs.python.org/3/library/audit_events.html); looking at a name, as
`os.stat` does, has none. A fork shares the work and is watched like the process it came from.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = (
    "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate",
    "os.utime", "os.setxattr", "os.removexattr", "os.chflags", "shutil.", "tempfile.",
)  # fmt: skip
_PROCESSES = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.")
_CONNECTIONS = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "telnetlib.", "ssl.")
_DANGERS = ("pickle.", "ctypes.", "webbrowser.", "code.")


class Watch:
    """The audit hook; what it notes is written at once, since the command ends without cleaning up."""

    def __init__(self, log: str, root: str, cache: str) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._root, self._cache = os.path.realpath(root), os.path.realpath(cache)
        own = {sys.prefix, sys.base_prefix, sys.exec_prefix, Path(__file__).parents[2] / "src", *sys.path}
        self._readable = (*(os.path.realpath(path) for path in own if path), self._root, self._cache)
        self._real: dict[str, str] = {}

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Called for each audit event of the process."""
        match event:
            case "open":
                path, _, flags = arguments
                if not isinstance(flags, int) or flags & _WRITES:
                    self._hold(event, path, (self._cache,), link=True)
                else:
                    self._hold(event, path, self._readable, link=not flags & os.O_NOFOLLOW)
            case "os.listdir" | "os.scandir":
                self._hold(event, arguments[0] or ".", self._readable, link=True)
            case "exec" if isinstance(arguments[0], CodeType):
                self._forbid(event, arguments[0].co_filename)
            case _ if event.startswith(_CHANGES):
                for path in arguments:
                    if isinstance(path, str | bytes | os.PathLike):
                        self._hold(event, path, (self._cache,), link=False)
            case _ if event.startswith((*_PROCESSES, *_CONNECTIONS, *_DANGERS)):
                self._note(event, arguments[:1])
            case (
                "glob.glob" | "pathlib.Path.glob"
            ):  # a pattern; the folders that are listed for it have their own event
                pass
            case _:
                for argument in arguments:
                    self._forbid(event, argument)

    def _hold(self, event: str, path: object, allowed: tuple[str, ...], *, link: bool) -> None:
        """Notes a path that is not within one of the allowed folders; an open handle was held when it was opened."""
        if isinstance(path, int):
            return
        place = self._place(os.fsdecode(path), link=link)
        if not any(place == folder or place.startswith(folder + os.sep) for folder in allowed):
            self._note(event, place)

    def _forbid(self, event: str, name: object) -> None:
        """Notes a file in the scanned folder: that its code is run or imported, or whatever else is done with it."""
        if isinstance(name, str) and name.endswith((".py", ".pyc", ".pyw", ".pth", ".so", ".ipynb")):
            place = self._place(name, link=True)
            if place.startswith(self._root + os.sep):
                self._note(event, place)

    def _place(self, path: str, *, link: bool) -> str:
        """Where the path really is; if it is not followed, where the link itself is."""
        if link and Path(path).is_symlink():
            return os.path.realpath(path)
        folder, name = os.path.split(path)
        if name in ("", ".", ".."):
            return os.path.realpath(path)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder or ".")
        return f"{self._real[folder]}{os.sep}{name}"

    def _note(self, event: str, what: object) -> None:
        os.write(self._log, f"{event} {what!r}\n".encode())


def watched(run: Callable[[], object], log: str, root: str, cache: str) -> None:
    """Runs something under watch; a hook can't be taken away again."""
    sys.addaudithook(Watch(log, root, cache))
    run()


def _gnomon() -> None:
    from gnomon.cli.main import main  # under watch too

    main()


if __name__ == "__main__":
    _, *places, _scan = sys.argv[:5]
    sys.argv = ["gnomon", *sys.argv[4:]]
    watched(_gnomon, *places)
