"""The index finds whole, partial and changed copies, adds nothing twice, and survives what happens to files."""

import ast
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gnomon.core.errors import GnomonError
from gnomon.core.tree import Provenance
from gnomon.io import database, trace_index
from gnomon.io.trace_index import BELOW, MOST_PLACES, SHORT, Size
from gnomon.trace.units import Unit, units

OLD = Provenance(project="vllm", label="0.6.4", date="2024-11-15", basis="upload to the index")
NEW = Provenance(project="sglang", label="0.4.0", date="2025-01-02", basis="commit date")

# Adds release after release, a thousand functions each; a line says which is done.
ADDER = """
import random
from gnomon.core.tree import Provenance
from gnomon.io.trace_index import trace_index
from gnomon.trace.units import Unit
number = 0
while True:
    chance = random.Random(number)
    units = [
        Unit(f"f{n}", n, n, False, (), frozenset(chance.getrandbits(40) for _ in range(40)), (), (), frozenset())
        for n in range(1_000)
    ]
    with trace_index() as index:
        index.add(Provenance(project="p", label=str(number)), {"a.py": units})
    number += 1
    print(number, flush=True)
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    """The user's own index, not made yet."""
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "index" / "functions.sqlite"


def _unit(shingles, name: str = "f", line: int = 1) -> Unit:
    return Unit(name, line, line + 9, False, (), frozenset(shingles), (), (), frozenset())


def _random(seed: int, size: int) -> frozenset[int]:
    chance = random.Random(seed)
    return frozenset(chance.getrandbits(40) for _ in range(size))


def _add(origin: Provenance, **files) -> int:
    with trace_index.trace_index() as index:
        return index.add(origin, {f"{name}.py": found for name, found in files.items()})


def _like(shingles, least_shared: int = 5, **more):
    with trace_index.trace_index(read_only=True) as index:
        return index.like(shingles, least_shared, **more)


def _size() -> Size:
    with trace_index.trace_index(read_only=True) as index:
        return index.size()


def test_a_real_function_is_found_under_other_names():
    """Where it was seen first stands first; a class is found by its methods."""
    code = Path(database.__file__).read_text()
    renamed = code.replace("connection", "channel").replace("def opened", "def begun")
    _add(NEW, b=units(ast.parse(renamed), "b.py", frozenset()))
    _add(OLD, a=units(ast.parse(code), "a.py", frozenset()))
    asked = next(unit for unit in units(ast.parse(code), "x.py", frozenset()) if unit.qualname == "opened")

    best = _like(asked.shingles)[0]

    assert [(p.origin, p.path, p.qualname) for p in best.places] == [(OLD, "a.py", "opened"), (NEW, "b.py", "begun")]
    assert (best.shared, best.shingles) == (len(asked.shingles),) * 2
    assert best.in_unit == best.in_function == 1
    assert best.places[0].line == asked.line
    assert _size().functions == len(
        {unit.shingles for unit in units(ast.parse(code), "", frozenset()) if not unit.is_class}
    )


@pytest.mark.parametrize("size", [20, SHORT - 1, SHORT, 400, 3_000, 9_000])
def test_a_copy_is_found_at_every_size(size):
    """Whole, changed by a third, and within a larger function; of a long one the share is an estimate."""
    whole = _random(1, size)
    changed = frozenset(sorted(whole, key=lambda shingle: shingle * 7919 % 101)[: size * 2 // 3]) | _random(
        2, size // 3
    )
    _add(OLD, a=[_unit(whole)])
    near = 0.0 if size < SHORT else 0.35 if size < 1_000 else 0.1

    (same,) = _like(whole)
    (part,) = _like(changed)
    (inside,) = _like(whole | _random(3, size))

    assert (same.shared, same.in_unit, same.in_function) == (size, 1, 1)
    assert part.in_unit == pytest.approx(2 / 3, abs=near + 0.02)
    assert inside.in_unit == pytest.approx(1, abs=near)
    assert inside.in_function == pytest.approx(0.5, abs=near / 2)


def test_a_short_function_within_a_very_long_one_is_found():
    """Of a very long one only the lowest shingles are looked up."""
    short = frozenset(sorted(_random(1, 400))[:60])
    _add(OLD, a=[_unit(short)])
    assert max(short) > BELOW

    (found,) = _like(short | _random(2, 9_000))

    assert found.in_unit > 0.8


def test_what_shares_too_little_is_not_found():
    """Nor what is asked for when there is nothing to ask by."""
    _add(OLD, a=[_unit(_random(1, 20) | _random(2, 10)), _unit(_random(3, 30), "g")])

    assert [entry.shared for entry in _like(_random(2, 10))] == [10]
    assert [entry.shared for entry in _like(_random(2, 10) | _random(4, 20), 10)] == [10]
    assert _like(_random(2, 10), 11) == ()
    assert _like(frozenset(), 0) == ()
    assert _like(_random(9, 30), 0) == ()


def test_the_most_similar_come_first_and_no_more_than_wanted():
    """Those of which most is shared, then those that share more."""
    whole = sorted(_random(1, 50))
    _add(OLD, a=[_unit(frozenset(whole[:size]) | _random(size, 50 - size), f"f{size}") for size in range(10, 51, 10)])

    assert [entry.places[0].qualname for entry in _like(whole)] == ["f50", "f40", "f30", "f20", "f10"]
    assert [entry.places[0].qualname for entry in _like(whole, most=2)] == ["f50", "f40"]
    assert [entry.places[0].qualname for entry in _like(whole, 30)] == ["f50", "f40", "f30"]


def test_nothing_is_added_twice():
    """The same release again changes nothing; the next one adds what is new in it."""
    first, second = _unit(_random(1, 30), "f"), _unit(_random(2, 30), "g", 20)
    changed = _unit(_random(3, 30), "g", 20)

    assert _add(OLD, a=[first], b=[second]) == 2
    assert _add(OLD, a=[first], b=[second]) == 0
    assert _add(NEW, c=[first], d=[changed, second]) == 1
    assert _size() == Size(sources=2, files=3, functions=3)
    (found,) = _like(first.shingles)
    assert [(place.origin.project, place.path) for place in found.places] == [("vllm", "a.py"), ("sglang", "c.py")]


def test_a_folder_that_has_changed_is_as_it_is_now():
    """The same name and no version: its files are replaced one by one, and so is its date."""
    folder = Provenance(project="engine")
    _add(folder, a=[_unit(_random(1, 30))], b=[_unit(_random(2, 30))])
    _add(Provenance(project="engine", date="2025-05-05", basis="commit date"), a=[_unit(_random(3, 30))])

    assert _like(_random(1, 30))[0].places == ()
    assert _like(_random(3, 30))[0].places[0].origin.date == "2025-05-05"
    assert _like(_random(2, 30))[0].places[0].path == "b.py"


def test_of_many_places_the_oldest_are_told():
    """A date that is not known is the last."""
    for number in range(MOST_PLACES + 5):
        date = f"2024-01-{MOST_PLACES + 5 - number:02}" if number else ""
        _add(Provenance(project="p", label=str(number), date=date), a=[_unit(_random(1, 30))])

    (found,) = _like(_random(1, 30))

    assert [place.origin.date for place in found.places] == [f"2024-01-{day:02}" for day in range(1, MOST_PLACES + 1)]


def test_what_every_function_has_does_not_make_an_answer_slow(place, monkeypatch):
    """Such shingles are set aside, and what two functions share is counted by the others."""
    monkeypatch.setattr(trace_index, "MOST_SHARED", 50)
    shared = _random(0, 10)
    for release in range(4):
        origin = Provenance(project="p", label=str(release))
        _add(origin, a=[_unit(shared | _random(1 + n + release * 100, 30), f"f{n}") for n in range(100)])

    (found,) = _like(shared | _random(7, 30))

    assert (found.shared, found.in_unit, found.in_function) == (40, 1, 1)
    assert _like(shared) == ()
    with database.opened(place, trace_index._LAYOUT, read_only=True) as connection:
        assert {row[0] for row in connection.execute("SELECT shingle FROM common")} == shared
        assert connection.execute("SELECT count(*) FROM posting").fetchone()[0] == 400 * 30


def test_names_are_kept_as_they_are():
    """Whatever they are made of."""
    name = "it's; DROP TABLE body --\x1b[31m\u202e"
    _add(Provenance(project=name, label=name), a=[_unit(_random(1, 30), name)])

    _add(Provenance(project="\udcff", label="1"), **{"\udcff": [_unit(_random(2, 30), name)]})

    assert _like(_random(2, 30))[0].places[0].path == "?.py"
    (place,) = _like(_random(1, 30))[0].places
    assert (place.origin.project, place.origin.label, place.qualname) == (name, name, name)


def test_a_killed_run_loses_only_what_it_was_adding(place):
    """And the next one goes on."""
    with subprocess.Popen([sys.executable, "-c", ADDER], stdout=subprocess.PIPE) as process:
        for _ in range(3):
            done = int(process.stdout.readline())
        time.sleep(0.02)
        process.send_signal(signal.SIGKILL)

    size = _size()
    assert size.functions == size.sources * 1_000 >= done * 1_000
    for number in range(size.sources):
        assert _like(_random(number, 40))[0].places[0].origin.label == str(number)
    _add(NEW, a=[_unit(_random(1, 30))])
    with database.opened(place, trace_index._LAYOUT) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_two_processes_may_add_at_once():
    """One waits for the other."""
    running = [subprocess.Popen([sys.executable, "-c", ADDER], stdout=subprocess.PIPE) for _ in range(2)]
    for process in running:
        for number in range(1, 6):
            assert int(process.stdout.readline()) == number
    for process in running:
        process.kill()
        process.communicate()

    assert _size().functions % 1_000 == 0


@pytest.mark.parametrize("damage", ["none", "no database", "cut", "other tables", "link", "open"])
def test_an_index_that_can_not_be_used_is_told(place, tmp_path, damage):
    """It is the user's: it is never removed without a word."""
    if damage != "none":
        _add(OLD, a=[_unit(_random(n, 60), f"f{n}", n) for n in range(500)])
        whole = place.read_bytes()
        if damage == "other tables":
            with database.opened(place, trace_index._LAYOUT) as connection:
                connection.execute("CREATE TABLE more (a)")
        elif damage == "link":
            place.rename(tmp_path / "elsewhere")
            place.symlink_to(tmp_path / "elsewhere")
        elif damage == "open":
            place.chmod(0o666)
        else:
            place.write_bytes({"no database": b"x" * 9_000, "cut": whole[: len(whole) // 2]}[damage])

    with pytest.raises(GnomonError) as raised:
        _like(_random(1, 30))

    assert str(place) in raised.value.problem
    assert raised.value.remedy
