"""Objects of a repository by their ids: two git processes for all of them, and each is held against its id."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Literal, Self

from msgspec import Struct

from gnomon.io import git
from gnomon.io.git import GitFailed, Running
from gnomon.io.limits import too_large

ObjectKind = Literal["blob", "tree", "commit"]
_AT_ONCE = 250
"""Ids written before the answers are read: fewer bytes than a pipe holds, so that neither end waits for the other."""
_RESTARTS = 20
_DAMAGED = "it is damaged in the repository"


class Absent(Struct, frozen=True):
    """An object can't be had; the reason, in one line."""

    reason: str


class Objects:
    """Reads objects of the repository that `folder` is in. Used as a context; raises GitFailed if git won't start."""

    def __init__(self, folder: str, patience_s: float) -> None:
        self._folder, self._patience_s = folder, patience_s
        self._left = _RESTARTS
        self._running: dict[str, Running] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, ids: Iterable[str], kind: ObjectKind, limit: int) -> Iterator[tuple[str, bytes | Absent]]:
        """The content of each object, in that order, or why there is none: too large, absent, damaged, another kind.

        Raises GitFailed if git takes too long, or ends again and again.
        """
        waiting = list(ids)
        for start in range(0, len(waiting), _AT_ONCE):
            yield from self._chunk(waiting[start : start + _AT_ONCE], kind, limit)

    def _chunk(self, ids: Sequence[str], kind: ObjectKind, limit: int) -> Iterator[tuple[str, bytes | Absent]]:
        # The sizes first: what is too large must not even be unpacked.
        problems = [_problem(line, kind, limit) for line, _ in self._answers("--batch-check", ids)]
        contents = self._answers("--batch", [name for name, problem in zip(ids, problems, strict=True) if not problem])
        for name, problem in zip(ids, problems, strict=True):
            yield name, problem or _verified(name, kind, *next(contents))

    def _answers(self, how: str, ids: Sequence[str]) -> Iterator[tuple[bytes, bytes]]:
        """For each id git's line about it, and with `--batch` the content; both empty where git ended over it."""
        at = 0
        while at < len(ids):
            try:
                run = self._start(how)
                run.input.write("".join(f"{name}\n" for name in ids[at:]).encode())
                run.input.flush()
                while at < len(ids):
                    answer = _answer(run, whole=how == "--batch")
                    yield answer
                    at += 1
            except (BrokenPipeError, EOFError):
                self._restart(how)
                yield b"", b""
                at += 1

    def _start(self, how: str) -> Running:
        if how not in self._running:
            self._running[how] = self._stack.enter_context(
                git.running(self._folder, "cat-file", how, patience_s=self._patience_s)
            )
        return self._running[how]

    def _restart(self, how: str) -> None:
        """After git has ended over an object. Raises GitFailed if that is not to be mended."""
        gone = self._running.pop(how)
        self._left -= 1
        if self._left < 0 or gone.late:
            raise GitFailed(gone.complaint())


def _answer(run: Running, *, whole: bool) -> tuple[bytes, bytes]:
    """What git says of it, and the object behind it if there is one. Raises EOFError."""
    line = run.output.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    parts = line.split()
    if not whole or len(parts) != 3 or not parts[2].isdigit():
        return line, b""
    data = run.output.read(int(parts[2]) + 1)
    if len(data) <= int(parts[2]):
        raise EOFError
    return line, data[:-1]


def _problem(line: bytes, kind: ObjectKind, limit: int) -> Absent | None:
    """Why the object that `line` tells of is not read."""
    parts = line.decode("utf-8", "replace").split()
    if len(parts) != 3 or not parts[2].isdigit():
        absent = "it is not in this repository, which holds only a part of its history"
        return Absent(absent if parts[1:] == ["missing"] else _DAMAGED)
    if parts[1] != kind:
        return Absent(f"it is a {parts[1]} where a {kind} belongs")
    return Absent(too_large(int(parts[2]), limit)) if int(parts[2]) > limit else None


def _verified(name: str, kind: ObjectKind, line: bytes, data: bytes) -> bytes | Absent:
    as_told = line.split()[1:2] == [kind.encode()]
    return data if as_told and object_id(data, kind, len(name)) == name else Absent(_DAMAGED)


def object_id(data: bytes, kind: ObjectKind, digits: int) -> str:
    """The id, of 40 (SHA-1) or 64 (SHA-256) hexadecimal digits, under which git keeps that content."""
    digest = hashlib.new("sha256" if digits == 64 else "sha1", f"{kind} {len(data)}\0".encode(), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()
