"""The join of a survey's functions: what is alike is one family, however it is called, and nothing else is."""

import random
from pathlib import Path

import duckdb
import pytest
from msgspec.structs import replace

from gnomon.core.errors import GnomonError
from gnomon.io.clone_join import clones
from gnomon.io.survey_tables import columns, write_tables
from gnomon.render.ecosystem_json import FamilyRow
from gnomon.render.survey_rows import FunctionRow, body_of

CHANCE = random.Random(11)
QUEUE = frozenset(CHANCE.getrandbits(40) for _ in range(200))
OTHER = frozenset(CHANCE.getrandbits(40) for _ in range(40))


def function(target, number, shingles, **more):
    """A row of the table."""
    told = tuple(sorted(shingles))
    row = FunctionRow(
        target=target, project=target.partition("==")[0], label="1", date=None, number=number, path="a.py",
        qualname=f"f{number}", line=number, end_line=number + 5, body=body_of(told), shingles=told, loads=(),
        state=None, severity=None, reach=None, authentication=None, effective=False, fingerprint=None, signature=None,
    )  # fmt: skip
    return replace(row, **more)


def changed(shingles, part):
    """With some of them replaced."""
    kept = CHANCE.sample(sorted(shingles), round(len(shingles) * (1 - part)))
    return frozenset((*kept, *(CHANCE.getrandbits(40) for _ in range(len(shingles) - len(kept)))))


def joined(folder: Path, *rows):
    """The families of these functions, as (target, number) of each."""
    write_tables(folder, {"functions": FunctionRow}, (("functions", row) for row in rows))
    answer = clones(folder)
    found: dict[int, set[str]] = {}
    for family, target, name in duckdb.sql(
        f"SELECT family, target, qualname FROM '{folder / 'families.parquet'}'"
    ).fetchall():
        found.setdefault(family, set()).add(f"{target} {name}")
    return answer, list(found.values())


def test_copies_are_one_family_and_others_are_not(tmp_path, capfd):
    """A long function of which a third was changed, a short one of which a fifth was; nothing is printed."""
    answer, families = joined(
        tmp_path,
        function("one==1", 1, QUEUE),
        function("two==1", 2, changed(QUEUE, 0.3)),
        function("two==1", 3, OTHER),
        function("three==1", 4, changed(OTHER, 0.2)),
        function("three==1", 5, changed(QUEUE, 0.9)),
        function("one==2", 1, QUEUE),
    )

    assert sorted(map(sorted, families)) == [["one==1 f1", "one==2 f1", "two==1 f2"], ["three==1 f4", "two==1 f3"]]
    assert (answer.joined.functions, answer.joined.bodies, answer.joined.families) == (6, 5, 2)
    assert answer.flawed == {}
    assert capfd.readouterr() == ("", "")


def test_a_flaw_goes_on_under_its_name_and_its_signature(tmp_path):
    """What was rewritten is of the family of what it was, so are copies of one signature, and parts of a larger one."""
    part = frozenset(CHANCE.sample(sorted(QUEUE), 60))
    answer, families = joined(
        tmp_path,
        function("one==1", 1, QUEUE, state="unfixed"),
        function("one==2", 1, OTHER, state="fixed"),
        function("two==1", 2, part, state="unfixed", signature="S"),
        function("three==1", 3, changed(QUEUE, 1), state="unfixed", signature="S"),
        function("four==1", 4, changed(QUEUE, 1), state="unfixed"),
    )

    assert sorted(map(len, families)) == [1, 4]
    assert len({answer.flawed[key] for key in [("one==1", 1), ("one==2", 1), ("two==1", 2), ("three==1", 3)]}) == 1
    assert answer.flawed["four==1", 4] != answer.flawed["one==1", 1]


def test_the_same_functions_give_the_same_bytes(tmp_path):
    """families.parquet and the numbers of the families are those of an earlier run."""
    rows = [
        function(f"p{number % 7}==1", number, changed(QUEUE, number % 5 / 10), state="unfixed") for number in range(40)
    ]
    first, _ = joined(tmp_path, *rows)
    before = (tmp_path / "families.parquet").read_bytes()
    second, _ = joined(tmp_path, *rows)

    assert second == first
    assert (tmp_path / "families.parquet").read_bytes() == before


def test_the_table_is_as_it_is_documented(tmp_path):
    """Its columns, their types and their order."""
    joined(tmp_path, function("one==1", 1, QUEUE))

    said = duckdb.sql(f"DESCRIBE SELECT * FROM '{tmp_path / 'families.parquet'}'").fetchall()
    assert [(name, kind) for name, kind, *_ in said] == list(columns(FamilyRow))


def test_nothing_is_no_family(tmp_path):
    """A survey without functions has an empty table."""
    answer, families = joined(tmp_path)

    assert (answer.joined.functions, families) == (0, [])


def test_what_is_no_table_is_told(tmp_path):
    """With what to type; nothing is left behind."""
    (tmp_path / "functions.parquet").write_bytes(b"no table")

    with pytest.raises(GnomonError) as told:
        clones(tmp_path)

    assert "can't be joined" in told.value.problem
    assert [path.name for path in tmp_path.iterdir()] == ["functions.parquet"]
