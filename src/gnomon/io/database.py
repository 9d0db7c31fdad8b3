"""A path -> an SQLite database that only its owner can have written, made if it is not there yet.

SQLite's own journal is what makes it safe: a process may be killed at any moment, and any number may use a database at
once. It is the plain one, not the write-ahead log, which takes memory shared between processes and so a local disk.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from gnomon import store

_PATIENCE_S = 10.0
"""How long a process waits for others that are writing."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_PAGE_BYTES = 8_192
_CACHE_KB = 64_000


class Unusable(Exception):
    """The database can't be used now; the message is the reason, in one line."""


class Damaged(Unusable):
    """It is no database, or not one of the expected layout."""


@contextlib.contextmanager
def opened(path: Path, layout: str, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """The database, whose tables the statements of `layout` make; what is done with it is one transaction.

    Not to be open while the process forks. Raises Unusable, also for what goes wrong with SQL inside of the block.
    """
    try:
        if not read_only:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(path, make=not read_only)
        with contextlib.closing(sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)) as connection:
            _prepare(connection, layout, read_only=read_only)
            connection.execute("begin" if read_only else "begin immediate")
            yield connection
            connection.execute("commit")
    except sqlite3.Error as error:
        damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE
        raise (Damaged if damaged else Unusable)(str(error)) from None
    except OSError as error:
        raise Unusable((error.strerror or type(error).__name__).lower()) from None


def remove(path: Path) -> None:
    """Removes the database, if it is there and can be removed."""
    for suffix in ("", "-journal"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + suffix).unlink()


def _check_private(path: Path, *, make: bool) -> None:
    """Raises Unusable if others could have written it, OSError if it can't be made."""
    if not store.is_private(path.parent):
        raise Unusable(f"others can write to {path.parent}")
    if make:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
    if not store.is_private(path):
        raise Unusable(f"others can write to {path}")


def _prepare(connection: sqlite3.Connection, layout: str, *, read_only: bool) -> None:
    """Makes the tables in a new database. Raises Damaged if an older one has others, sqlite3.Error."""
    connection.execute("pragma trusted_schema = off")
    connection.execute(f"pragma page_size = {_PAGE_BYTES}")
    connection.execute(f"pragma cache_size = -{_CACHE_KB}")
    connection.execute("pragma synchronous = normal")
    if read_only:
        connection.execute("pragma query_only = on")
    else:
        _lay_out(connection, layout)
    found = _tables(connection)
    if not found:
        raise Unusable("it is empty")
    if found != sorted(_statements(layout)):
        raise Damaged("its tables are not those that this version of gnomon makes")


def _lay_out(connection: sqlite3.Connection, layout: str) -> None:
    """Makes the tables, unless there are any."""
    connection.execute("begin immediate")
    if not _tables(connection):
        for statement in _statements(layout):
            connection.execute(statement)
    connection.execute("commit")


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The statements that made what is in the database."""
    found = connection.execute("select sql from sqlite_schema where sql is not null").fetchall()
    return sorted(" ".join(str(sql).split()) for (sql,) in found)


def _statements(layout: str) -> list[str]:
    return [" ".join(statement.split()) for statement in layout.split(";") if statement.strip()]
