"""Functions of any number of releases, kept: which of them share code with a given one is answered in milliseconds.

A function is kept once, however many releases have it: by its shingles, with every place where it was seen. Of a long
one an eighth of the shingles is searchable, those with the lowest hashes, so that all functions drop the same.
"""

import contextlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from math import ceil
from pathlib import Path
from shlex import quote
from sqlite3 import Connection

import msgspec
from msgspec import Struct

from gnomon import store
from gnomon.core.errors import GnomonError
from gnomon.core.signature import FORMAT, HASH_BITS
from gnomon.core.tree import Provenance
from gnomon.io import database
from gnomon.io.database import Damaged, Unusable
from gnomon.trace.units import Unit

SHORT = 64
"""Functions of fewer shingles are searchable by all of them."""
BELOW = (1 << HASH_BITS) // 8
"""Of others, shingles with lower hashes are."""
MOST_SHARED = 500
"""A shingle of more functions tells nothing, and is not searchable any more."""
_LONGEST_QUESTION = 4_096
"""Of a unit with more shingles only the lowest are looked up."""
MOST_PLACES = 20
"""Of one function, the oldest."""
_COUNTED = ("source", "content", "body")
_LOOKED_AT = 16
"""Of so many new functions one is looked at for shingles that have become too common."""
_LAYOUT = f"""
CREATE TABLE form_{FORMAT} (unused);
CREATE TABLE source (id INTEGER PRIMARY KEY, project TEXT, label TEXT, date TEXT, basis TEXT, UNIQUE (project, label));
CREATE TABLE content (id INTEGER PRIMARY KEY, digest BLOB UNIQUE);
CREATE TABLE occurrence (source INTEGER, path TEXT, content INTEGER, PRIMARY KEY (source, path)) WITHOUT ROWID;
CREATE INDEX occurrence_of_content ON occurrence (content);
CREATE TABLE body (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, shingles INTEGER, searchable INTEGER);
CREATE TABLE function (body INTEGER, content INTEGER, line INTEGER, end_line INTEGER, qualname TEXT,
    PRIMARY KEY (body, content, line, qualname)) WITHOUT ROWID;
CREATE TABLE posting (shingle INTEGER, body INTEGER, PRIMARY KEY (shingle, body)) WITHOUT ROWID;
CREATE TABLE common (shingle INTEGER PRIMARY KEY)
"""


class Place(Struct, frozen=True, kw_only=True):
    """Where a function was seen. Untrusted text."""

    origin: Provenance
    path: str
    qualname: str
    line: int
    end_line: int


class Alike(Struct, frozen=True, kw_only=True):
    """An indexed function that shares code with the one asked about."""

    places: tuple[Place, ...]
    """Oldest first; those without a date last."""
    shingles: int
    """That it has."""
    shared: int
    """Shingles of both: counted for a short function, estimated for others."""
    in_unit: float
    """0 to 1: how much of the function is in the unit asked about."""
    in_function: float
    """0 to 1: how much of the unit is in the function."""


class Size(Struct, frozen=True, kw_only=True):
    """What is in an index."""

    sources: int
    """Releases, commits and folders."""
    files: int
    """That differ."""
    functions: int
    """That differ."""


class TraceIndex:
    """An open index; what is done with it is one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._common = {shingle for (shingle,) in connection.execute("SELECT shingle FROM common")}
        ((last,),) = connection.execute("SELECT coalesce(max(id), 0) FROM body").fetchall()
        self._bodies = int(last) // 2

    def add(self, origin: Provenance, units_by_path: Mapping[str, Iterable[Unit]]) -> int:
        """Adds the functions of files; how many of them were new. What was added before is not added again."""
        source = self._source(origin)
        new: list[tuple[int, Collection[int]]] = []
        for path, units in units_by_path.items():
            functions = [unit for unit in units if not unit.is_class and unit.shingles]
            content = self._content(functions, new)
            self._connection.execute(
                "INSERT OR REPLACE INTO occurrence VALUES (?, ?, ?)", (source, _text(path), content)
            )
        postings = sorted((shingle, body) for body, shingles in new for shingle in shingles)
        self._connection.executemany("INSERT INTO posting VALUES (?, ?)", postings)
        self._set_common_aside(shingle for _, shingles in new[::_LOOKED_AT] for shingle in shingles)
        return len(new)

    def like(self, shingles: Collection[int], least_shared: int, most: int = 100) -> tuple[Alike, ...]:
        """Functions that share about so many shingles or more, the most similar first; at most `most` of them."""
        question = _Question(shingles, self._common)
        counts = self._counts(question, least_shared)
        rows = self._rows("SELECT body.id, shingles, searchable FROM json_each(?) JOIN body ON body.id = value", counts)
        found = [
            (max(shared / size, shared / question.size), shared, size, body)
            for body, size, searchable in rows
            if (shared := question.shared(counts[body], size, searchable)) >= least_shared
        ]
        found.sort(key=lambda entry: (-entry[0], -entry[1], entry[3]))
        return tuple(self._alike(question, *entry[1:]) for entry in found[:most])

    def size(self) -> Size:
        """How much is in it."""
        counted = [self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _COUNTED]  # noqa: S608 (our names)
        return Size(sources=counted[0], files=counted[1], functions=counted[2])

    def _source(self, origin: Provenance) -> int:
        """Number of the release; what is known of its age may have changed."""
        said = (_text(origin.project), _text(origin.label), origin.date, origin.basis)
        ((number,),) = self._connection.execute(
            "INSERT INTO source (project, label, date, basis) VALUES (?, ?, ?, ?) ON CONFLICT (project, label) "
            "DO UPDATE SET date = excluded.date, basis = excluded.basis RETURNING id", said,
        ).fetchall()  # fmt: skip
        return int(number)

    def _content(self, functions: Sequence[Unit], new: list[tuple[int, Collection[int]]]) -> int:
        """Number of what is in a file; bodies that no other file had are added to `new`."""
        told = [(unit.qualname, unit.line, unit.end_line, _packed(unit.shingles)) for unit in functions]
        digest = blake2b(msgspec.msgpack.encode(told), digest_size=16).digest()
        made = self._connection.execute("INSERT OR IGNORE INTO content (digest) VALUES (?)", (digest,)).rowcount
        ((number,),) = self._connection.execute("SELECT id FROM content WHERE digest = ?", (digest,)).fetchall()
        for unit, (_, _, _, packed) in zip(functions, told, strict=True) if made else ():
            body = self._body(unit.shingles, packed, new)
            place = (body, number, unit.line, unit.end_line, unit.qualname)
            self._connection.execute("INSERT OR IGNORE INTO function VALUES (?, ?, ?, ?, ?)", place)
        return int(number)

    def _body(self, shingles: frozenset[int], packed: bytes, new: list[tuple[int, Collection[int]]]) -> int:
        """Number of a function's shingles, odd for a long one; what was not there is added to `new`."""
        digest = blake2b(packed, digest_size=16).digest()
        row = self._connection.execute("SELECT id FROM body WHERE digest = ?", (digest,)).fetchone()
        if row:
            return int(row[0])
        self._bodies += 1
        number = 2 * self._bodies + (len(shingles) >= SHORT)
        searchable = _searchable(shingles)
        told = (number, digest, len(shingles), len(searchable))
        self._connection.execute("INSERT INTO body VALUES (?, ?, ?, ?)", told)
        new.append((number, searchable - self._common))
        return number

    def _set_common_aside(self, shingles: Iterable[int]) -> None:
        """Makes those that too many functions have unsearchable."""
        for shingle in set(shingles):
            counted = self._connection.execute(
                "SELECT count(*) FROM (SELECT 1 FROM posting WHERE shingle = ? LIMIT ?)", (shingle, MOST_SHARED + 1)
            )
            if counted.fetchone()[0] > MOST_SHARED:
                self._common.add(shingle)
                self._connection.execute("INSERT INTO common VALUES (?)", (shingle,))
                self._connection.execute("DELETE FROM posting WHERE shingle = ?", (shingle,))

    def _counts(self, question: "_Question", least_shared: int) -> dict[int, int]:
        """Body -> how many of the shingles it has, for those that may share so many."""
        rows = self._rows("SELECT body FROM json_each(?) JOIN posting ON shingle = value", question.known)
        least = question.least_counted(least_shared)
        return {body: count for (body,), count in Counter(rows).items() if count >= least[body & 1]}

    def _rows(self, query: str, numbers: Iterable[int]) -> list[tuple[int, ...]]:
        """Answers of a query about numbers, which it takes as JSON."""
        return self._connection.execute(query, (msgspec.json.encode(list(numbers)).decode(),)).fetchall()

    def _alike(self, question: "_Question", shared: float, size: int, body: int) -> Alike:
        return Alike(
            places=tuple(self._places(body)),
            shingles=size,
            shared=round(shared),
            in_unit=shared / size,
            in_function=shared / question.size,
        )

    def _places(self, body: int) -> Iterator[Place]:
        rows = self._connection.execute(
            "SELECT project, label, date, basis, path, qualname, line, end_line FROM function "
            "JOIN occurrence ON occurrence.content = function.content JOIN source ON source.id = source "
            "WHERE body = ? ORDER BY date = '', date, project, label, path, line LIMIT ?", (body, MOST_PLACES),
        )  # fmt: skip
        for project, label, date, basis, path, qualname, line, end_line in rows:
            origin = Provenance(project=project, label=label, date=date, basis=basis)
            yield Place(origin=origin, path=path, qualname=qualname, line=line, end_line=end_line)


class _Question:
    """A unit that is asked about, and what a number of found shingles tells of it."""

    def __init__(self, shingles: Collection[int], common: Collection[int]) -> None:
        self.size = len(shingles)
        low = {shingle for shingle in shingles if shingle < BELOW}
        self._asked = frozenset(shingles if self.size <= _LONGEST_QUESTION else low)
        self.known = self._asked.difference(common)
        # What both have of common shingles is not counted: as much as of the others.
        self._of_all = len(self._asked) / max(len(self.known), 1)
        self._of_low = len(low) / max(len(low & self.known), 1)

    def least_counted(self, shared: int) -> tuple[int, int]:
        """Found shingles of a short and of a long function that may share so many; one of a long one is chance."""
        a_short_one = self.shared(1, SHORT - 1, SHORT - 1)
        return (ceil(shared / max(a_short_one, 1)), 2)

    def shared(self, counted: int, size: int, searchable: int) -> float:
        """Shingles that the unit shares with a function of `size` shingles, of which so many are searchable."""
        if size >= SHORT:
            estimate = counted * self._of_low / searchable * size
        elif len(self._asked) == self.size:
            estimate = counted * self._of_all
        else:
            estimate = counted * self._of_low * 8
        return min(estimate, size, self.size)


@contextlib.contextmanager
def trace_index(path: Path | None = None, *, read_only: bool = False) -> Iterator[TraceIndex]:
    """The index at the path, the user's own if none is given; made unless `read_only`. Raises GnomonError."""
    place = store.folder("index") / "functions.sqlite" if path is None else path
    try:
        with database.opened(place, _LAYOUT, read_only=read_only) as connection:
            yield TraceIndex(connection)
    except Damaged as error:
        raise GnomonError(
            f"the index {place} can't be used: {error}.", remedy=f"rm {quote(str(place))}, and index again"
        ) from None
    except Unusable as error:
        raise GnomonError(f"the index {place} can't be used: {error}.", remedy="gnomon trace index TARGET") from None


def _searchable(shingles: frozenset[int]) -> frozenset[int]:
    return shingles if len(shingles) < SHORT else frozenset(shingle for shingle in shingles if shingle < BELOW)


def _text(name: str) -> str:
    """The name in a form that can be kept: a file's may be no text."""
    return name.encode("utf-8", "replace").decode()


def _packed(shingles: Iterable[int]) -> bytes:
    return b"".join(shingle.to_bytes(HASH_BITS // 8) for shingle in sorted(shingles))
