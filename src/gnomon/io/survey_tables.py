"""Rows -> Parquet files, by DuckDB: one after the other, in the order in which they come, never all in memory.

The same rows give the same bytes. A table takes the place of an earlier one when it is whole.
"""

import shutil
import types
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import get_args, get_origin

import msgspec
from msgspec import Struct

from gnomon.core.errors import GnomonError, MissingExtra

_TYPES: dict[object, str] = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
_WORK = ".tables"
_ROWS = 20_000
"""Of a group in a file: what a reader takes at once."""
_MEMORY = "512MB"
_LARGEST_ROW = 64_000_000


def duckdb() -> types.ModuleType:
    """The module. Raises MissingExtra if it is not installed."""
    try:
        import duckdb as module
    except ImportError:
        raise MissingExtra(
            "the tables of a survey need DuckDB, which is not installed.", remedy="pip install 'gnomon[survey]'"
        ) from None
    return module


def write_tables(folder: Path, tables: Mapping[str, type[Struct]], rows: Iterable[tuple[str, Struct]]) -> None:
    """Writes `NAME.parquet` for each of the tables. Raises GnomonError.

    Rows wait as JSON in a file until there are no more, so that the room needed beside the tables is about theirs.
    """
    work, module = folder / _WORK, duckdb()
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True)
        _collect(work, tables, rows)
        with module.connect() as connection:
            # one thread: several would write groups of rows as they come
            for setting in ("threads = 1", f"memory_limit = '{_MEMORY}'", f"temp_directory = '{_quoted(work)}'"):
                connection.execute(f"SET {setting}")
            for name, kind in tables.items():
                connection.execute(_copying(work, name, kind))
        for name in tables:
            (work / f"{name}.parquet").replace(folder / f"{name}.parquet")
    except (OSError, module.Error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise GnomonError(
            f"the tables can't be written to {folder}: {why.splitlines()[0]}.",
            remedy=f"make room there, then gnomon survey -o {folder}",
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _collect(work: Path, tables: Iterable[str], rows: Iterable[tuple[str, Struct]]) -> None:
    encoder = msgspec.json.Encoder()
    with ExitStack() as files:
        opened = {name: files.enter_context((work / f"{name}.json").open("wb")) for name in tables}
        for name, row in rows:
            opened[name].write(encoder.encode(row))
            opened[name].write(b"\n")


def _copying(work: Path, name: str, kind: type[Struct]) -> str:
    typed = ", ".join(f"'{column}': '{type_}'" for column, type_ in columns(kind))
    source = (
        f"read_json('{_quoted(work / name)}.json', format = 'newline_delimited', columns = {{{typed}}}, "
        f"maximum_object_size = {_LARGEST_ROW})"
    )
    target = f"'{_quoted(work / name)}.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS})"
    return f"COPY (SELECT * FROM {source}) TO {target}"  # noqa: S608 (our names)


def columns(kind: type[Struct]) -> Iterator[tuple[str, str]]:
    """Names and types of a table's columns, in order."""
    for field in msgspec.structs.fields(kind):
        yield field.name, _sql(field.type)


def _sql(annotation: object) -> str:
    if get_origin(annotation) is tuple:
        return f"{_sql(get_args(annotation)[0])}[]"
    if get_origin(annotation) is types.UnionType:
        return _sql(next(each for each in get_args(annotation) if each is not type(None)))
    return _TYPES[annotation]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
