"""This host's listening sockets and whose they are, by Linux's /proc alone: nothing is connected to or run."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from gnomon.core.errors import TargetError
from gnomon.io.environments import installed
from gnomon.probe import sockets
from gnomon.probe.observation import IpcPlace, Place, TcpPlace
from gnomon.probe.owner import Distribution, Listener, Owner, Process, environment_of, owner_of

_PROC = Path("/proc")
_TABLES = (("tcp", sockets.tcp), ("tcp6", sockets.tcp), ("unix", sockets.unix))


class Listeners(Struct, frozen=True, kw_only=True):
    """The listening sockets of this host."""

    found: tuple[Listener, ...]
    hidden: int
    """How many processes this user may not look into."""
    namespaces: int
    """How many further network namespaces are looked at."""


def listeners() -> Listeners:
    """The listening sockets of this host, and of the network namespaces of processes that this user may look into.

    Raises TargetError on a system without Linux's /proc.
    """
    if not (_PROC / "net" / "tcp").exists():
        raise TargetError(
            "--local reads Linux's /proc, and there is none here.", remedy="gnomon probe 127.0.0.1:1-65535"
        )
    return _Look().all()


class _Look:
    """One pass over the processes, and one over each namespace's tables."""

    def __init__(self) -> None:
        self._own = _link(_PROC / "self" / "ns" / "net")
        self._pids: dict[str, int] = {}
        """Inode of a socket -> the process that has it open; of several the first."""
        self._namespaces: dict[str, int] = {self._own: os.getpid()}
        self._hidden = 0
        self._owners: dict[int, Owner | None] = {}
        self._environments: dict[tuple[int, int], tuple[Distribution, ...]] = {}
        """By device and inode: processes have roots of their own, and mostly the same environment."""

    def all(self) -> Listeners:
        """Everything there is to see."""
        for pid in _processes():
            self._enter(pid)
        found = [
            listener for namespace, pid in self._namespaces.items() for listener in self._of_namespace(namespace, pid)
        ]
        return Listeners(found=tuple(found), hidden=self._hidden, namespaces=len(self._namespaces) - 1)

    def _enter(self, pid: int) -> None:
        folder = _PROC / str(pid)
        try:
            for descriptor in (folder / "fd").iterdir():
                target = _link(descriptor)
                if target.startswith("socket:["):
                    self._pids.setdefault(target[8:-1], pid)
        except PermissionError:
            self._hidden += 1
        except OSError:  # it has ended meanwhile
            return
        if namespace := _link(folder / "ns" / "net"):
            self._namespaces.setdefault(namespace, pid)

    def _of_namespace(self, namespace: str, pid: int) -> Iterator[Listener]:
        name = "" if namespace == self._own else namespace.removeprefix("net:[").removesuffix("]")
        for table, read in _TABLES:
            for bound in read(_text(_PROC / str(pid) / "net" / table)):
                owner = self._owner(self._pids.get(bound.inode), name)
                yield Listener(place=_place(bound, owner, name), bound=bound.address, owner=owner)

    def _owner(self, pid: int | None, namespace: str) -> Owner | None:
        if pid is None:
            return None
        if pid not in self._owners:
            process = _process(pid, namespace)
            environment = environment_of(process.mapped, process.arguments)
            self._owners[pid] = owner_of(process, environment, self._installed(process.root, environment))
        return self._owners[pid]

    def _installed(self, root: str, folder: str) -> tuple[Distribution, ...]:
        try:
            status = Path(root + folder).stat()
        except OSError:
            return ()
        key = (status.st_dev, status.st_ino)
        if key not in self._environments:
            self._environments[key] = installed(root, folder)
        return self._environments[key]


def _place(bound: sockets.Bound, owner: Owner | None, namespace: str) -> Place:
    if bound.address:
        address = sockets.asked_at(bound.address)
        return TcpPlace(host=bound.address, address=address, port=bound.port, namespace=namespace)
    if bound.path.startswith("@") or owner is None:
        return IpcPlace(path=bound.path)
    if bound.path.startswith("/"):
        return IpcPlace(path=owner.root + bound.path)
    return IpcPlace(path=f"/proc/{owner.pid}/cwd/{bound.path}")


def _process(pid: int, namespace: str) -> Process:
    folder = _PROC / str(pid)
    arguments = _text(folder / "cmdline").split("\0")
    root = f"{folder}/root"
    return Process(
        pid=pid,
        name=_text(folder / "comm").rstrip("\n"),
        arguments=tuple(arguments[:-1] if arguments[-1] == "" else arguments),
        user=_user(folder),
        mapped=tuple(dict.fromkeys(_mapped(_text(folder / "maps")))),
        root="" if _link(folder / "root") == "/" and _same_files(folder) else root,
        namespace=namespace,
    )


def _same_files(folder: Path) -> bool:
    return _link(folder / "ns" / "mnt") == _link(_PROC / "self" / "ns" / "mnt")


def _mapped(maps: str) -> Iterator[str]:
    """The files among the mappings (proc(5)): the sixth field, which may have blanks."""
    for line in maps.split("\n"):
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[5].startswith("/"):
            yield fields[5]


def _processes() -> Iterator[int]:
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            yield int(entry.name)


def _user(folder: Path) -> int | None:
    try:
        return folder.stat().st_uid
    except OSError:
        return None


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _text(path: Path) -> str:
    """What a file of /proc says; "" if it is gone or not for this user."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return ""
