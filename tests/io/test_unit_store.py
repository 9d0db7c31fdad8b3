"""Units are computed once a content, and whatever happens to the database costs time and nothing else."""

import ast
import inspect
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gnomon.core.tree import SourceFile
from gnomon.io import results, unit_store
from gnomon.io.unit_store import FileUnits, UnitStore
from gnomon.trace.units import units

SINKS = frozenset({"pickle.loads"})
STORE = UnitStore(version="1")
SOURCE = Path(inspect.getfile(units)).read_bytes()

# Computes and keeps other files in each turn, and reads those of the turn before, as others do at the same time.
WRITER = """
import ast, sys
from gnomon.core.tree import SourceFile
from gnomon.io.unit_store import FileUnits, UnitStore
from gnomon.trace.units import units
def compute(files):
    for file in files:
        yield FileUnits(tuple(units(ast.parse(file.data), file.path, frozenset())))
turn, endless = 0, sys.argv[1] == "endless"
while endless or turn < 25:
    numbers = range(turn, turn + 30)
    files = [SourceFile(path=f"f{n}.py", data=b"def f():\\n    return other(%d)\\n" % n * (1 + n)) for n in numbers]
    found = UnitStore(version="1").units_of(files, compute)
    assert [found[file.path] for file in files] == list(compute(files))
    turn += 1
    print(turn, flush=True)
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    """The database's path, not made yet."""
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "units" / "units.sqlite"


class Computing:
    """Computes units, and remembers of which files it was asked."""

    def __init__(self, **more):
        self.asked = []
        self._more = more

    def __call__(self, files):
        """As the engine does."""
        for file in files:
            self.asked.append(file.path)
            yield FileUnits(tuple(units(ast.parse(file.data), file.path, SINKS)), **self._more)


def _asked(*files: SourceFile, store: UnitStore = STORE, **more) -> list[str]:
    """Paths that had to be computed; the answer is right in any case."""
    computing = Computing(**more)
    found = store.units_of(files, computing)

    assert found == {file.path: next(Computing(**more)([file])) for file in files}
    return computing.asked


def _file(path: str, data: bytes = SOURCE) -> SourceFile:
    return SourceFile(path=path, data=data)


def test_a_file_is_computed_once_wherever_it_lies():
    """In the next release its folder has another name, or it was moved."""
    assert _asked(_file("p-1.0/io/aleph.py"), _file("b.py", b"x = 1\n")) == ["p-1.0/io/aleph.py", "b.py"]
    assert _asked(_file("p-1.1/io/beth.py"), _file("b.py", b"x = 2\n")) == ["b.py"]
    assert _asked(_file("gimel.py"), _file("b.py", b"x = 1\n"), _file("daleth.py")) == []


def test_a_folder_that_an_import_can_mean_matters():
    """An import of the file's own project is written otherwise than one of a library."""
    data = b"import vllm.a\n\n\ndef f():\n    return vllm.a.b()\n"
    wide = data.replace(b"import v", "import ｖ".encode())

    assert _asked(_file("x/a.py", data)) == ["x/a.py"]
    assert _asked(_file("vllm/a.py", data)) == ["vllm/a.py"]
    assert _asked(_file("x/a.py", wide)) == ["x/a.py"]
    assert _asked(_file("vllm/a.py", wide)) == ["vllm/a.py"]
    assert _asked(_file("y/vllm/a.py", data)) == []


def test_other_knowledge_and_another_engine_are_other_questions(monkeypatch):
    """What counts as an unsafe load is knowledge, how code is normalised is code."""
    _asked(_file("a.py"))

    assert _asked(_file("a.py"), store=UnitStore(version="2")) == ["a.py"]
    monkeypatch.setattr(unit_store, "engine_digest", lambda parts: results.engine_digest(("core",)))
    assert _asked(_file("a.py")) == ["a.py"]


def test_without_source_of_the_engine_nothing_is_kept(monkeypatch, place):
    """Changed bytecode can't be told from other."""
    monkeypatch.setattr(unit_store, "engine_digest", lambda parts: None)

    assert _asked(_file("a.py")) == _asked(_file("a.py")) == ["a.py"]
    assert not place.exists()


def test_why_a_file_was_not_read_is_kept_too():
    """Unless another run may do better."""
    assert _asked(_file("a.py"), problem="line 3") == ["a.py"]
    assert _asked(_file("a.py"), problem="line 3") == []
    assert _asked(_file("b.py", b"y = 1\n"), problem="no memory", lasting=False) == ["b.py"]
    assert _asked(_file("b.py", b"y = 1\n"), problem="no memory", lasting=False) == ["b.py"]


def test_an_answer_without_an_encoding_is_not_kept():
    """A text in the code may be none."""
    data = b"def f():\n    return g('tcp://\\udcff')\n"

    assert _asked(_file("a.py", data)) == _asked(_file("a.py", data)) == ["a.py"]


@pytest.mark.parametrize("damage", ["no database", "cut", "empty", "other tables"])
def test_a_damaged_database_is_made_anew(place, damage):
    """And nothing else is told."""
    files = [_file(f"{n}.py", b"def f(a):\n    return a.b(%d)\n" % n * 60) for n in range(12)]
    _asked(*files)
    whole = place.read_bytes()
    if damage == "other tables":
        with sqlite3.connect(place) as connection:
            connection.execute("ALTER TABLE entry ADD COLUMN more")
        connection.close()
    else:
        place.write_bytes({"no database": b"\0" * 9_000, "cut": whole[: len(whole) // 2], "empty": b""}[damage])

    for _ in range(2):
        _asked(*files)
    assert _asked(*files) == []


def test_a_changed_byte_is_noticed(place):
    """SQLite does not look into what it keeps."""
    _asked(_file("a.py"))
    whole = place.read_bytes()
    at = whole.index(b"_addresses")
    place.write_bytes(whole[:at] + b"X" + whole[at + 1 :])

    assert _asked(_file("a.py")) == ["a.py"]
    assert _asked(_file("a.py")) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no permissions as on POSIX systems")
def test_only_its_owner_can_have_written_it(place, tmp_path):
    """A folder, file or link that others could have made is as good as none."""
    _asked(_file("a.py"))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700

    for path, open_ in ((place, 0o666), (place.parent, 0o777)):
        path.chmod(open_)
        assert _asked(_file("a.py")) == ["a.py"]
        path.chmod(open_ & 0o700)
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert _asked(_file("a.py")) == ["a.py"]


def test_where_nothing_can_be_written_all_is_computed(place):
    """A file is where the folder should be."""
    place.parent.parent.mkdir()
    place.parent.write_text("")

    assert _asked(_file("a.py")) == _asked(_file("a.py")) == ["a.py"]


def test_what_was_not_used_for_longest_goes_first(place, monkeypatch):
    """The database does not grow beyond its bound."""
    store = UnitStore(version="1", max_bytes=200_000)
    files = [_file(f"{n}.py", SOURCE + b"# %d\n" % n) for n in range(60)]
    day = iter(range(1_000_000, 2_000_000))
    for at in range(0, 60, 10):
        now = next(day) * 86_400
        monkeypatch.setattr(unit_store.time, "time", lambda now=now: now)
        _asked(files[0], *files[at : at + 10], store=store)

    assert place.stat().st_size < 300_000
    assert _asked(files[0], files[-1], store=store) == []
    assert _asked(files[1], store=store) == ["1.py"]


def test_several_processes_at_once_all_get_right_answers():
    """One waits for the other, or goes without."""
    running = [subprocess.Popen([sys.executable, "-c", WRITER, "some"], stdout=subprocess.DEVNULL) for _ in range(3)]

    assert [process.wait() for process in running] == [0, 0, 0]


def test_a_killed_writer_leaves_a_sound_database(place):
    """At whatever moment."""
    for lines in (1, 4, 9):
        with subprocess.Popen([sys.executable, "-c", WRITER, "endless"], stdout=subprocess.PIPE) as process:
            for _ in range(lines):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)

    files = [_file(f"f{n}.py", b"def f():\n    return other(%d)\n" % n * (1 + n)) for n in range(30)]
    assert _asked(*files) == []
    connection = sqlite3.connect(place)
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()
