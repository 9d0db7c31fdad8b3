"""An OSV dump, a zip of JSON records, imported into the user's data folder; asked by package afterwards.

Records are read one by one, none is unpacked to disk, and the new database takes the place of the old one in one step.
"""

import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from gnomon.core.advisory import Advisories, Advisory
from gnomon.core.errors import TargetError
from gnomon.core.finding import Skipped
from gnomon.io import database
from gnomon.io.inflate import Budget, TooMuch
from gnomon.io.limits import Limits
from gnomon.io.osv import NoRecord, advisory, record
from gnomon.io.zips import DAMAGE, directory_bytes

_LAYOUT = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE records (package TEXT, id TEXT, data BLOB NOT NULL, PRIMARY KEY (package, id)) WITHOUT ROWID
"""
_MAX_RECORD_BYTES = 5_000_000
_MAX_RECORDS = 1_000_000
_MAX_BYTES = 16_000_000_000
"""What a dump may unpack to; that of all ecosystems has some GB."""
_MAX_RATIO = 200
_BYTES_PER_ENTRY = 120
_PIECE = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SHOWN = 50
VARIABLE = "GNOMON_DATA_DIR"


class Imported(Struct, frozen=True, kw_only=True):
    """What an import took in."""

    records: int
    """Records that are about Python packages."""
    others: int
    """Records that are not."""
    date: str
    """ISO 8601 day of the newest record."""
    path: str
    skipped: tuple[Skipped, ...]


def place() -> Path:
    """Where the database lies: `GNOMON_DATA_DIR`, else the user's data folder."""
    if chosen := os.environ.get("GNOMON_DATA_DIR"):
        return Path(chosen) / "osv.sqlite"
    import platformdirs  # here, since the variable spares a run the import

    return Path(platformdirs.user_data_dir("gnomon")) / "osv.sqlite"


def import_dump(path: Path, limits: Limits, today: str) -> Imported:
    """Takes in a dump; `today` is an ISO 8601 day. Raises TargetError if it is none, or can't be kept."""
    end = place()
    new = end.with_name(f".new-{os.getpid()}.sqlite")
    try:
        database.remove(new)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if directory_bytes(file, size) > _MAX_RECORDS * _BYTES_PER_ENTRY:
                raise TargetError(
                    f"{path} lists more than {_MAX_RECORDS:,} records.", remedy="import the dump of PyPI alone"
                )
            with zipfile.ZipFile(file) as archive, database.opened(new, _LAYOUT) as connection:
                budget = Budget(min(_MAX_BYTES, max(limits.max_inflated_bytes, size * _MAX_RATIO)))
                reader = _Reader(archive, budget, path.name, today)
                connection.executemany("insert or replace into records values (?, ?, ?)", reader.rows())
                about = (("name", path.name), ("date", reader.date), ("records", str(reader.taken)))
                connection.executemany("insert into about values (?, ?)", about)
        if not reader.taken:
            raise TargetError(
                f"there is no record of a Python package in {path}.",
                remedy="get the dump of PyPI: https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip",
            )
        new.replace(end)
    except DAMAGE as error:
        raise TargetError(f"{path} can't be read as a dump: {error}.", remedy="download it again") from None
    except database.Unusable as error:
        raise TargetError(
            f"records can't be kept in {end}: {error}.", remedy=f"set {VARIABLE} to a folder of your own"
        ) from None
    finally:
        database.remove(new)
    return Imported(
        records=reader.taken, others=reader.others, date=reader.date, path=str(end), skipped=tuple(reader.skipped)
    )


class _Reader:
    """Reads records, counts them, and notes what can't be read."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget, source: str, today: str) -> None:
        self._archive = archive
        self._budget = budget
        self._source = source
        self._today = today
        self.taken = self.others = 0
        self.date = ""
        self.skipped: list[Skipped] = []

    def rows(self) -> Iterator[tuple[str, str, bytes]]:
        """Package, id and record, for each package that a record is about."""
        for info in self._archive.infolist():
            if not info.filename.endswith(".json"):
                continue
            try:
                yield from self._rows_of(info)
            except TooMuch as error:
                self._skip(".", str(error))
                return
            except (*DAMAGE, NoRecord) as error:
                self._skip(info.filename, f"it can't be read: {str(error)[:200]}")

    def _rows_of(self, info: zipfile.ZipInfo) -> Iterator[tuple[str, str, bytes]]:
        if info.flag_bits & 1 or info.compress_type not in _METHODS:
            self._skip(info.filename, "encrypted, or compressed by a method that is not read")
            return
        data = self._inflated(info)
        if len(data) > _MAX_RECORD_BYTES:
            self._skip(info.filename, "larger than any record")
            return
        found = advisory(record(data), f"OSV dump {self._source}")
        if found is None:
            self.others += 1
            return
        self.taken += 1
        if found.modified <= self._today:  # one that was written tomorrow tells nothing about the dump's age
            self.date = max(self.date, found.modified)
        encoded = msgspec.msgpack.encode(found)
        for package in dict.fromkeys(entry.purl for entry in found.affected):
            yield package, found.id, encoded

    def _inflated(self, info: zipfile.ZipInfo) -> bytes:
        parts: list[bytes] = []
        left = _MAX_RECORD_BYTES + 1
        with self._archive.open(info) as entry:
            while left > 0 and (part := entry.read(min(left, _PIECE))):
                self._budget.spend(len(part))
                left -= len(part)
                parts.append(part)
        return b"".join(parts)

    def _skip(self, path: str, reason: str) -> None:
        if len(self.skipped) < _SHOWN:
            self.skipped.append(Skipped(path=path, reason=reason))
        elif len(self.skipped) == _SHOWN:
            self.skipped.append(Skipped(path=".", reason=f"more than {_SHOWN} records can't be read"))


def imported(packages: Iterable[str]) -> Advisories | None:
    """What the imported dump says about packages (purls without a version); None without one. Raises TargetError."""
    path = place()
    if not path.exists():
        return None
    try:
        with database.opened(path, _LAYOUT, read_only=True) as connection:
            about = dict(connection.execute("select name, value from about").fetchall())
            found: dict[str, Advisory] = {}
            for package in dict.fromkeys(packages):
                for identity, data in connection.execute("select id, data from records where package = ?", (package,)):
                    if identity not in found:
                        found[identity] = msgspec.msgpack.decode(data, type=Advisory)
    except (database.Unusable, msgspec.DecodeError) as error:
        raise TargetError(
            f"the imported dump in {path} can't be read: {error}.", remedy="gnomon db import all.zip"
        ) from None
    return Advisories(
        name=f"OSV dump {about.get('name', '')}",
        advisories=tuple(found.values()),
        version=f"of {about.get('records', '?')}",
        date=about.get("date", ""),
    )
