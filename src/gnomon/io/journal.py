"""A probe's results as they come, as JSON lines: a run that was killed goes on where it was (`--resume FILE`).

Each result is one write of one line, made before the next is: `kill -9` leaves at most the last line unfinished, and
that one is cut off and asked again. Nobody else may write meanwhile (flock).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

import msgspec
from msgspec import Struct

from gnomon.core.errors import GnomonError
from gnomon.probe.observation import Observation, Place

_LONGEST_LINE = 1_000_000


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line: what the results below are answers to."""

    journal: Literal["gnomon probe"] = "gnomon probe"
    version: Literal[1] = 1
    question: str
    """Targets and options, as far as they decide what is asked and how."""


class Journal:
    """An open journal. Raises GnomonError if the file is none, or another question's, or in use."""

    def __init__(self, path: str, question: str) -> None:
        self._path = path
        self._head = Head(question=question)
        self.done: dict[Place, Observation] = {}
        """What earlier runs have seen."""
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable(error.strerror or "it can't be opened") from error
        try:
            self._lock()
            self._read()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, observation: Observation) -> None:
        """Keeps a result. Raises GnomonError if the disk is full."""
        self._write(msgspec.json.encode(observation))

    def close(self) -> None:
        """Lets others write."""
        os.close(self._file)

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # not a unix
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise self._unusable("another probe is writing to it") from error

    def _read(self) -> None:
        whole, lines = 0, self._lines()
        first = next(lines, None)
        if first is None:
            self._check_begun()
            self._truncate(0)
            self._write(msgspec.json.encode(self._head))
            return
        self._check(first)
        whole += len(first)
        for line in lines:
            try:
                seen = msgspec.json.decode(line, type=Observation)
            except msgspec.DecodeError as error:
                raise self._unusable(f"a line is no result: {error}") from error
            self.done[seen.place] = seen
            whole += len(line)
        self._truncate(whole)

    def _lines(self) -> Iterator[bytes]:
        """The finished lines."""
        with Path(self._path).open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                if len(line) == _LONGEST_LINE:
                    raise self._unusable("it is no journal of gnomon probe")
                if not line.endswith(b"\n"):
                    return
                yield line

    def _check_begun(self) -> None:
        """What has no finished line is a journal that was killed while it wrote its first, or somebody's file."""
        with Path(self._path).open("rb") as file:
            begun = file.read(_LONGEST_LINE)
        if not msgspec.json.encode(self._head).startswith(begun):
            raise self._unusable("it is no journal of gnomon probe")

    def _check(self, first: bytes) -> None:
        try:
            head = msgspec.json.decode(first, type=Head)
        except msgspec.DecodeError as error:
            raise self._unusable("it is no journal of gnomon probe") from error
        if head != self._head:
            raise self._unusable(f"it has the answers to another question ({head.question})")

    def _truncate(self, size: int) -> None:
        os.ftruncate(self._file, size)

    def _write(self, document: bytes) -> None:
        line = document + b"\n"
        try:
            written = os.write(self._file, line)
        except OSError as error:
            raise self._unusable(error.strerror or "it can't be written") from error
        if written != len(line):
            raise self._unusable("the disk is full")

    def _unusable(self, why: str) -> GnomonError:
        return GnomonError(f"{self._path} can't be used to resume: {why}.", remedy="--resume with another file")
