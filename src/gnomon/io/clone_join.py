"""functions.parquet -> families: functions of all releases that are alike, by DuckDB, at a cost near to their number.

A body, that is a set of shingles, is compared once however many releases have it. Two bodies are compared if they share
rare shingles. Of a shingle that many have each body is held against its neighbours in order of size alone, and what
very many have is set aside: so the pairs grow as the functions do. Each pair is then counted exactly.
"""

import shutil
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.core.ecosystem import Joined
from gnomon.core.errors import GnomonError
from gnomon.io.survey_tables import duckdb
from gnomon.io.trace_index import BELOW, MOST_SHARED, SHORT
from gnomon.trace.kinship import KIN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEIGHBOURS = 8
"""Bodies that each is held against for one shingle, in order of size."""
LEAST_FOUND = 2
"""Searchable shingles that two have in common: one alone is chance."""
LEAST_SHARED = 8
"""Shingles in common. Less than kinship asks for, since that counts those of several releases together."""
_WORK = ".join"
_MEMORY = "1GB"
_AT_ONCE = 50_000

_PREPARED = f"""
CREATE TEMP TABLE place AS SELECT file_row_number AS row, target, number, project, path, qualname, body, signature,
    state IS NOT NULL AS flawed FROM read_parquet(?, file_row_number = true);
CREATE TEMP TABLE body AS SELECT row_number() OVER (ORDER BY body) - 1 AS id, body, first, flawed FROM
    (SELECT body, min(row) AS first, bool_or(flawed) AS flawed FROM place GROUP BY body);
CREATE TEMP TABLE content AS SELECT id, flawed, shingles, len(shingles) AS size FROM body
    JOIN read_parquet(?, file_row_number = true) ON file_row_number = first;
CREATE TEMP TABLE posting AS SELECT shingle, id, row_number() OVER (PARTITION BY shingle ORDER BY size, id) AS rank
    FROM (SELECT id, size, unnest(shingles) AS shingle FROM content)
    WHERE size < {SHORT} OR shingle < {BELOW}
    QUALIFY count(*) OVER (PARTITION BY shingle) BETWEEN 2 AND {MOST_SHARED};
CREATE TEMP TABLE pair AS SELECT least(one.id, other.id) AS one, greatest(one.id, other.id) AS other FROM
    (SELECT shingle, id, unnest(range(rank + 1, rank + 1 + {NEIGHBOURS})) AS next FROM posting) AS one
    JOIN posting AS other ON other.shingle = one.shingle AND other.rank = one.next
    GROUP BY ALL HAVING count(*) >= {LEAST_FOUND};
DROP TABLE posting;
CREATE TEMP TABLE kin AS SELECT * FROM
    (SELECT pair.one, pair.other, len(list_intersect(a.shingles, b.shingles)) AS shared, a.size AS size,
        b.size AS other_size, a.flawed OR b.flawed AS flawed
        FROM pair JOIN content AS a ON a.id = pair.one JOIN content AS b ON b.id = pair.other)
    WHERE shared >= {LEAST_SHARED}
        AND shared >= {KIN} * CASE WHEN flawed THEN least(size, other_size) ELSE greatest(size, other_size) END;
"""  # noqa: S608 (our numbers)
_LINKS = """
SELECT one, other FROM kin UNION ALL
SELECT min(id) OVER same, id FROM (SELECT DISTINCT project, path, qualname, id FROM place JOIN body USING (body)
    WHERE place.flawed) WINDOW same AS (PARTITION BY project, path, qualname) UNION ALL
SELECT min(id) OVER known, id FROM (SELECT DISTINCT signature, id FROM place JOIN body USING (body)
    WHERE signature IS NOT NULL) WINDOW known AS (PARTITION BY signature)
"""
_FAMILIES = """
CREATE TEMP TABLE family AS SELECT leader, row_number() OVER (ORDER BY leader) AS family, bodies FROM
    (SELECT leader, count(*) AS bodies, bool_or(flawed) AS flawed FROM member JOIN body USING (id) GROUP BY leader)
    WHERE bodies > 1 OR flawed
"""
_ROWS = """
SELECT family, place.body, target, project, path, qualname, place.flawed FROM place
    JOIN body USING (body) JOIN member USING (id) JOIN family USING (leader) ORDER BY family, row
"""
_FLAWED = """
SELECT target, number, family FROM place JOIN body USING (body) JOIN member USING (id) JOIN family USING (leader)
    WHERE place.flawed
"""


class Clones(Struct, frozen=True, kw_only=True):
    """The answer; families.parquet has the rest of it."""

    joined: Joined
    flawed: dict[tuple[str, int], int]
    """Target and number of each flawed function, as the table has them -> number of its family, from 1."""


def clones(folder: Path) -> Clones:
    """The families of the survey in the folder, whose functions.parquet is read; writes its families.parquet.

    Raises GnomonError, MissingExtra.
    """
    module = duckdb()
    work = folder / _WORK
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir()
        with module.connect() as connection:
            # one thread: the order of rows, and the memory, are the same each time
            for setting in (
                "threads = 1",
                "enable_progress_bar = false",
                f"memory_limit = '{_MEMORY}'",
                f"temp_directory = '{_quoted(work)}'",
            ):
                connection.execute(f"SET {setting}")
            return _clones(connection, folder)
    except (OSError, module.Error) as error:
        raise GnomonError(
            f"the functions in {folder} can't be joined: {str(error).splitlines()[0]}.",
            remedy=f"make room there, then gnomon survey -o {folder}",
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _clones(connection: "DuckDBPyConnection", folder: Path) -> Clones:
    functions = str(folder / "functions.parquet")
    for statement in filter(str.strip, _PREPARED.split(";")):
        connection.execute(statement, [functions] * statement.count("?"))
    _enter(connection, folder, _leaders(_count(connection, "body"), connection))
    connection.execute(_FAMILIES)
    made = folder / _WORK / "families.parquet"
    connection.execute(f"COPY ({_ROWS}) TO '{_quoted(made)}' (FORMAT parquet, COMPRESSION zstd)")
    made.replace(folder / "families.parquet")
    flawed = connection.execute(_FLAWED).fetchall()
    joined = Joined(
        functions=_count(connection, "place"),
        bodies=_count(connection, "body"),
        compared=_count(connection, "pair"),
        alike=_count(connection, "kin"),
        families=_count(connection, "family", "bodies > 1"),
    )
    return Clones(joined=joined, flawed={(target, number): family for target, number, family in flawed})


def _leaders(bodies: int, connection: "DuckDBPyConnection") -> "array[int]":
    """For each body the lowest one of its family: union by halving ways, https://doi.org/10.1145/62.2160."""
    leaders = array("q", range(bodies))

    def leader(at: int) -> int:
        while leaders[at] != at:
            leaders[at] = leaders[leaders[at]]
            at = leaders[at]
        return at

    answer = connection.execute(_LINKS)
    while links := answer.fetchmany(_AT_ONCE):
        for one, other in links:
            low, high = sorted((leader(one), leader(other)))
            leaders[high] = low
    for at in range(bodies):
        leaders[at] = leaders[leaders[at]]  # lower ones have theirs already
    return leaders


def _enter(connection: "DuckDBPyConnection", folder: Path, leaders: "array[int]") -> None:
    """Makes them a table, through a file: that is quicker than rows, and takes no memory."""
    path = folder / _WORK / "leaders.csv"
    with path.open("w", encoding="ascii") as file:
        file.writelines(f"{id_},{leader}\n" for id_, leader in enumerate(leaders))
    columns = "{'id': 'BIGINT', 'leader': 'BIGINT'}"
    connection.execute(
        f"CREATE TEMP TABLE member AS FROM read_csv(?, auto_detect = false, header = false, columns = {columns})",
        [str(path)],
    )


def _count(connection: "DuckDBPyConnection", table: str, condition: str = "true") -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchall()  # noqa: S608 (ours)
    return int(count)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
