"""Files -> their units, each file read into units once only, in whatever target and under whatever name it was seen.

A database that can't be used costs time and nothing else: what is not kept, or is damaged, is computed.
"""

import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from gnomon import __version__, store
from gnomon.core.tree import SourceFile
from gnomon.io import database
from gnomon.io.database import Damaged, Unusable
from gnomon.io.results import engine_digest
from gnomon.trace.units import Unit

ENGINE = ("core", "python", "trace")
"""Folders of gnomon whose code decides which units a file has."""
_LAYOUT = "CREATE TABLE entry (key BLOB PRIMARY KEY, used INTEGER NOT NULL, answer BLOB NOT NULL)"
_CHECKSUM_BYTES = 16
_AT_ONCE = 1_000
"""Files between two writes: a run that is killed loses no more than these."""
_DAY_S = 86_400


class FileUnits(Struct, frozen=True, array_like=True):
    """What there is to compare in one file."""

    units: tuple[Unit, ...]
    problem: str = ""
    """Why the file, or a part of it, was not read; no full stop."""
    lasting: bool = True
    """False if another run may do better: then it is not kept."""


Compute = Callable[[Sequence[SourceFile]], Iterable[FileUnits]]
"""An answer for each file, in order. Of a path it may depend on names of folders and files that the text mentions."""


class UnitStore(Struct, frozen=True, kw_only=True):
    """Units by content, under one version of the knowledge that decides which of their calls are unsafe loads."""

    version: str
    max_bytes: int = 512_000_000
    """What the database may take; a release of a large framework takes 15 MB."""

    @property
    def path(self) -> Path:
        """Where the database is."""
        return store.folder("units") / "units.sqlite"

    def units_of(self, files: Iterable[SourceFile], compute: Compute) -> dict[str, FileUnits]:
        """The units of each file, by path; those that are not kept are computed, and kept."""
        listed = tuple(files)
        keys = self._keys(listed)
        known = self._known(keys.values())
        found = {path: known[key] for path, key in keys.items() if key in known}
        missing = [file for file in listed if file.path not in found]
        answers = zip(missing, compute(missing), strict=True) if missing else iter(())
        while some := list(islice(answers, _AT_ONCE)):
            found.update((file.path, answer) for file, answer in some)
            self._keep({keys[file.path]: answer for file, answer in some if file.path in keys and answer.lasting})
        return {file.path: found[file.path] for file in listed}

    def _keys(self, files: Iterable[SourceFile]) -> dict[str, bytes]:
        """Path -> hash over everything that an answer depends on; nothing if the engine's own code can't be read."""
        engine = engine_digest(ENGINE)
        if engine is None:
            return {}
        about = f"{__version__}\0{engine}\0{sys.version}\0{self.version}".encode()
        return {file.path: _key(file, about) for file in files}

    def _known(self, keys: Iterable[bytes]) -> dict[bytes, FileUnits]:
        """What is kept of these."""
        found: dict[bytes, FileUnits] = {}
        today = int(time.time()) // _DAY_S
        stale = []
        try:
            with database.opened(self.path, _LAYOUT, read_only=True) as connection:
                for key in keys:
                    row = connection.execute("select used, answer from entry where key = ?", (key,)).fetchone()
                    answer = _decoded(key, row[1]) if row else None
                    if answer is not None:
                        found[key] = answer
                        stale += [key] if row[0] != today else []
            if stale:
                self._touch(stale, today)
        except Damaged:
            database.remove(self.path)
        except Unusable:
            pass  # as if nothing were kept
        return found

    def _touch(self, keys: Iterable[bytes], today: int) -> None:
        """Marks the entries as used today. Raises Unusable."""
        with database.opened(self.path, _LAYOUT) as connection:
            connection.executemany("update entry set used = ? where key = ?", [(today, key) for key in keys])

    def _keep(self, answers: Mapping[bytes, FileUnits]) -> None:
        today = int(time.time()) // _DAY_S
        rows = [(key, today, data) for key, answer in answers.items() if (data := _encoded(key, answer))]
        if not rows:
            return
        try:
            with database.opened(self.path, _LAYOUT) as connection:
                connection.executemany("insert or replace into entry values (?, ?, ?)", rows)
                self._trim(connection)
        except Damaged:
            database.remove(self.path)
        except Unusable:
            pass  # it is computed again next time

    def _trim(self, connection: sqlite3.Connection) -> None:
        """Removes what was not used for longest until the rest takes no more than it may."""
        left, removed = _bytes(connection), []
        if left <= self.max_bytes:
            return
        for row, size in connection.execute("select rowid, length(answer) from entry order by used, rowid"):
            if left <= self.max_bytes * 3 // 4:
                break
            left -= size
            removed.append((row,))
        connection.executemany("delete from entry where rowid = ?", removed)


def _bytes(connection: sqlite3.Connection) -> int:
    """Bytes of the pages that hold something."""
    said = [
        connection.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    ]
    return int((said[0] - said[1]) * said[2])


def _key(file: SourceFile, about: bytes) -> bytes:
    """20 bytes. A release's own folder, `vllm-0.6.4/`, does not count: only what the text can mean by an import."""
    parts = {part for part in file.path.removesuffix(".py").split("/") if part.isidentifier()}
    # Python takes `ｖllm` for `vllm`, so that only of plain text it is certain what it does not mention.
    if file.data.isascii():
        parts = {part for part in parts if _mentions(file.data, part.encode())}
    digest = blake2b(digest_size=20)
    for piece in (about, "\0".join(sorted(parts)).encode(), file.data):
        digest.update(b"%d:" % len(piece))
        digest.update(piece)
    return digest.digest()


def _mentions(data: bytes, name: bytes) -> bool:
    """True if the text has the name as a word."""
    return name in data and re.search(rb"(?<!\w)%s(?!\w)" % re.escape(name), data) is not None


def _encoded(key: bytes, answer: FileUnits) -> bytes:
    """Nothing for what has no encoding: a name that is no text."""
    try:
        data = msgspec.msgpack.encode(answer)
    except UnicodeEncodeError:
        return b""
    return _checksum(key, data) + data


def _decoded(key: bytes, kept: object) -> FileUnits | None:
    if not isinstance(kept, bytes) or kept[:_CHECKSUM_BYTES] != _checksum(key, kept[_CHECKSUM_BYTES:]):
        return None
    try:
        return msgspec.msgpack.decode(kept[_CHECKSUM_BYTES:], type=FileUnits)
    except msgspec.DecodeError:
        return None


def _checksum(key: bytes, data: bytes) -> bytes:
    return blake2b(data, digest_size=_CHECKSUM_BYTES, key=key).digest()
