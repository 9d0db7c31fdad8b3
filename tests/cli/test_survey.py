"""A survey of real folders by real processes: what it keeps, that it goes on after any end, and what it tells."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere nothing is forked")
PATIENCE_S = 60.0
FLAWED = """\
import pickle

import zmq

socket = zmq.Context().socket(zmq.PULL)
socket.bind("tcp://*:{number}")


def serve_{number}():
    while True:
        handle(pickle.loads(socket.recv()))
"""
PROJECTS = 9
ENDED = ("parquet", "json", "msgpack")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with projects, a list of them, and one that is not there."""
    folder = tmp_path_factory.mktemp("survey")
    for number in range(PROJECTS):
        project = folder / f"project-{number}"
        project.mkdir()
        text = FLAWED.format(number=number) if number % 3 == 0 else f"number = {number}\n"
        (project / "server.py").write_text(text)
    names = [f"project-{number}" for number in range(PROJECTS)]
    (folder / "list.txt").write_text("\n".join([*names, "./nowhere"]))
    (folder / "reversed.txt").write_text("\n".join(["./nowhere", *reversed(names)]))
    return folder


def _started(place: Path, out: str, *arguments: str, list_: str = "list.txt") -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG"}}
    home = place / "home"
    return subprocess.Popen(
        [sys.executable, "-m", "gnomon", "survey", list_, "-o", out, *arguments],
        cwd=place,
        env=kept | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "GNOMON_OFFLINE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _ran(place: Path, out: str, *arguments: str, list_: str = "list.txt") -> tuple[int, str, str]:
    process = _started(place, out, *arguments, list_=list_)
    output, problems = process.communicate(timeout=PATIENCE_S)
    return process.returncode, output.decode(), problems.decode()


def _files(folder: Path) -> dict[str, bytes]:
    """All that has no time in it."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix[1:] in ENDED and path.name != "survey.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _answered(folder: Path) -> list[str]:
    try:
        return [json.loads(line)["target"] for line in (folder / "journal.jsonl").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _until(condition) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)


def _is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").exists()
    except ProcessLookupError:  # it went in this moment
        return False


def _below(pid: int) -> list[int]:
    """Processes that a process has started, and theirs."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


@pytest.fixture(scope="module")
def whole(place) -> dict[str, bytes]:
    """What a survey keeps that nobody disturbed, by one worker."""
    code, output, _ = _ran(place, "whole", "--workers", "1")

    assert code == 4
    assert f"{PROJECTS + 1} targets: {PROJECTS} examined, 1 failed; findings: 3 critical" in output
    return _files(place / "whole")


def test_a_survey_keeps_a_document_a_target_and_tables(place, whole):
    """A document has the answers of three verbs; rows of the tables lead back to it, and name what failed."""
    key = next(Path(name).stem for name in whole if "project-3-" in name)
    document = json.loads(whole[f"targets/{key}.json"])
    rows = duckdb.sql(f"SELECT key, worst, findings FROM '{place}/whole/targets.parquet' WHERE project = 'project-3'")
    failures = duckdb.sql(f"SELECT target, problem FROM '{place}/whole/failures.parquet'").fetchall()
    functions = duckdb.sql(
        f"SELECT qualname, severity, reach, loads FROM '{place}/whole/functions.parquet' WHERE project = 'project-3'"
    ).fetchall()

    assert (document["schema"], document["target"], document["status"]) == (1, "project-3", "examined")
    assert [each["line"] for each in document["scan"]["findings"]] == [11]
    assert document["trace"]["summary"]["functions"] == 1
    assert rows.fetchall() == [(key, "critical", 1)]
    assert failures == [("./nowhere", "./nowhere does not exist.")]
    assert functions == [("serve_3", "critical", "any-host", ["pickle.loads"])]
    assert str(place).encode() not in b"".join(whole.values()), "an answer names a path of this machine"


def test_neither_workers_nor_order_change_a_byte(place, whole):
    """Nor does what was kept of earlier runs."""
    _ran(place, "other", "--workers", "3", "--no-cache", list_="reversed.txt")

    assert _files(place / "other") == whole


def test_a_second_run_examines_nothing(place, whole):
    """The tables can be made again, without the list, and are the same."""
    code, output, _ = _ran(place, "whole")
    before = _answered(place / "whole")
    for path in (place / "whole").glob("*.parquet"):
        path.unlink()
    process = subprocess.run(
        [sys.executable, "-m", "gnomon", "survey", "-o", "whole", "--format", "json"],
        cwd=place, capture_output=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip

    assert (code, "0 examined by this run, 10 before" in output) == (4, True)
    assert _answered(place / "whole") == before
    assert process.returncode == 4
    assert json.loads(process.stdout)["summary"]["status"] == {"examined": PROJECTS, "incomplete": 0, "failed": 1}
    assert _files(place / "whole") == whole


@pytest.mark.parametrize("victims", ["driver", "child", "all"])
def test_a_killed_survey_loses_nothing_and_does_nothing_twice(place, whole, victims):
    """By -9, whoever is hit: the next run asks for what is not kept, and then all is as if nothing had happened."""
    out = f"killed-{victims}"
    process = _started(place, out, "--workers", "2")
    _until(lambda: len(_answered(place / out)) >= 2)
    below = _below(process.pid)
    hit = {"driver": [process.pid], "child": below[-1:], "all": [process.pid, *below]}[victims]
    for pid in hit:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # it was done in this moment
            continue
    process.communicate(timeout=PATIENCE_S)
    _until(lambda: not any(map(_is_there, below)))
    kept = _answered(place / out)

    code, _, problems = _ran(place, out, "--workers", "2")

    assert (code, problems) == (4, "")
    assert _files(place / out) == whole
    assert _answered(place / out)[: len(kept)] == kept
    assert sorted(_answered(place / out)) == sorted({*_answered(place / out)})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_survey_tells_how_to_go_on(place, number):
    """It ends at once, with exit code 130, and nobody is left at work."""
    process = _started(place, f"interrupted-{number}", "--workers", "2")
    _until(lambda: _answered(place / f"interrupted-{number}"))
    below = _below(process.pid)
    process.send_signal(number)
    output, problems = process.communicate(timeout=PATIENCE_S)

    assert not any(map(_is_there, below))
    if process.returncode != 4:  # else it was done in this moment
        assert (process.returncode, output) == (130, b"")
        assert b"of 10 targets are done and kept" in problems
        assert f"gnomon survey list.txt -o interrupted-{number} --workers 2".encode() in problems


def test_a_target_over_the_limits_fails_and_is_examined_again_when_asked(place):
    """A hostile one costs itself, and the survey says what to type; with more memory it is read."""
    folder = place / "hostile"
    folder.mkdir()
    (folder / "server.py").write_text(f"{FLAWED.format(number=1)}        numbers = [{'1,' * 120_000}]\n")
    (place / "hostile.txt").write_text("hostile\nproject-1\n")

    code, output, _ = _ran(place, "limits", "--memory", "80MB", list_="hostile.txt")
    again = _ran(place, "limits", "--retry-failed", list_="hostile.txt")

    assert code == 4
    assert "hostile: it took more than 80 MB of memory." in output
    assert "next: gnomon survey hostile.txt -o limits --retry-failed" in output
    assert again[0] == 1, again
    assert "1 examined by this run, 1 before" in again[1]


def test_what_would_be_examined_can_be_asked(place, whole):
    """Nothing is written by that; lines that are no target are told, and make the answer incomplete."""
    (place / "some.txt").write_text("project-1\nproject-2\nproject-1\nno target\n")

    code, output, problems = _ran(place, "dry", "--dry-run", list_="some.txt")

    assert code == 4
    assert output.splitlines() == [
        "to do  project-1",
        "to do  project-2",
        "some.txt:3: project-1 is named by line 1 already: examined once",
        "2 targets, 2 to do",
    ]
    assert "some.txt:4: 'no target' is no target; write pypi:NAME==VERSION" in problems
    assert not (place / "dry").exists()


@pytest.mark.parametrize(
    ("list_", "arguments", "code", "told"),
    [
        ("empty.txt", (), 3, "there is no target in empty.txt"),
        ("nowhere.txt", (), 2, "the list nowhere.txt can't be read"),
        ("list.txt", ("--memory", "lots"), 2, "is no size; write 800MB or 2GB"),
        ("clean.txt", (), 0, ""),
    ],
)
def test_what_the_exit_codes_mean(place, list_, arguments, code, told):
    """As for every verb: 0 clean, 2 usage, 3 nothing to look at; findings and what is incomplete are tested above."""
    (place / "empty.txt").write_text("# nothing\n")
    (place / "clean.txt").write_text("project-1\n")

    ended, _, problems = _ran(place, f"codes-{list_}", *arguments, list_=list_)

    assert ended == code
    assert told in problems


def test_a_survey_goes_on_only_with_what_it_was_begun_with(place, whole):
    """Else its answers would not go together."""
    code, _, problems = _ran(place, "whole", "--no-trace")

    assert code == 2
    assert "the survey in whole was begun with something else: trace (on, now off)" in problems
    assert "gnomon survey LIST -o ANOTHER-FOLDER" in problems
