"""Hostile input: whatever lies in a folder, the run ends soon, reports the flawed neighbour and loses nothing silently.

Each folder is scanned by the real command in a process of its own, with limited memory and time.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import Struct

from tests.hostile.case import OUTSIDE, RAN, Case, disturbed
from tests.hostile.make import cases, make

WATCH = Path(__file__).with_name("watch.py")
CASES = {case.name: case for case in cases()}
ONLY_READ = ("hundred-thousand-files", "notebook-of-a-million-cells", "tar-bombs")
"""What is hard to read and nothing else, in minutes: scan reads it, and tracing reads by the same code."""
MAX_CPU_S = 10
"""A file."""
MAX_WALL_S = 120
MAX_PEAK_KB = 1_000_000
MAX_ADDRESS_SPACE_KB = 1_500_000
INCOMPLETE = 4
RULE = "pickle-over-network"
shares_the_runs = pytest.mark.xdist_group("hostile")
"""By one worker: each that has such a test would begin all runs."""


class Run(Struct, frozen=True, kw_only=True):
    """What a scan did."""

    code: int
    cpu_s: float
    peak_kb: int
    stdout: bytes
    stderr: bytes
    noted: str
    """What it did that a scan has no business to do."""
    ran: bool
    """Something of the scanned code was run."""

    def reports(self) -> list[dict]:
        """The report on each target."""
        found = json.loads(self.stdout)
        return found if isinstance(found, list) else [found]

    def findings(self) -> set[tuple[str, int, str]]:
        """Path, line and rule of each finding."""
        found = (entry for report in self.reports() for entry in report["findings"])
        return {(entry["path"], entry["line"], entry["rule"]) for entry in found}

    def skipped(self) -> set[str]:
        """Paths that are listed as skipped."""
        return {entry["path"] for report in self.reports() for entry in report["skipped"]}


def _scan(case: Case, folder: Path, output_format: str, verb: str = "scan") -> Run:
    """Runs the command in the folder as a user would (-P: as the installed program does), watched, with less memory."""
    with tempfile.TemporaryDirectory() as apart:
        log, cache = Path(apart, "log"), Path(apart, "cache")
        command = [sys.executable, "-P", WATCH, log, folder, cache, verb, *case.targets, "--format", output_format]
        limited = ["sh", "-c", f'ulimit -v {MAX_ADDRESS_SPACE_KB}; exec "$@"', "sh", *map(str, command)]
        environment = os.environ | {"GNOMON_CACHE_DIR": str(cache)}
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr, disturbed(case, folder):
            process = subprocess.Popen(limited, stdout=stdout, stderr=stderr, cwd=folder, env=environment)
            stopper = threading.Timer(MAX_WALL_S, process.kill)
            stopper.start()
            _, status, usage = os.wait4(process.pid, 0)
            stopper.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            stdout.seek(0)
            stderr.seek(0)
            return Run(
                code=process.returncode,
                cpu_s=usage.ru_utime + usage.ru_stime,
                peak_kb=usage.ru_maxrss,
                stdout=stdout.read(),
                stderr=stderr.read(),
                noted=log.read_text(encoding="utf-8"),
                ran=(folder / RAN).exists(),
            )


def _run(case: Case, parent: Path) -> Run:
    folder = make(case, parent)
    try:
        return _scan(case, folder, "json")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def runs(request, tmp_path_factory) -> Iterator[dict[str, Future[Run]]]:
    """The runs of all cases that were selected, a few at a time."""
    selected = {item.callspec.params["name"] for item in request.session.items if _is_about_a_case(item)}
    parent = tmp_path_factory.mktemp("hostile")
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        yield {name: pool.submit(_run, CASES[name], parent) for name in CASES if name in selected}
        pool.shutdown(cancel_futures=True)


def _is_about_a_case(item: pytest.Item) -> bool:
    return item.path == Path(__file__) and "name" in getattr(getattr(item, "callspec", None), "params", {})


@shares_the_runs
@pytest.mark.parametrize("name", CASES)
def test_the_run_ends_and_reports_the_neighbour(runs, name):
    """Within ten seconds a file and a gigabyte, without a traceback, the flaw beside the hostile file is reported."""
    run = runs[name].result()

    assert b"Traceback" not in run.stderr, run.stderr[-2000:].decode(errors="replace")
    assert run.code in (1, INCOMPLETE)
    assert run.cpu_s < MAX_CPU_S * min(max(len(CASES[name].flawed), 1), 3)
    assert run.peak_kb < MAX_PEAK_KB
    for report in run.reports():
        assert (CASES[name].neighbour, 4, RULE) in {(f["path"], f["line"], f["rule"]) for f in report["findings"]}


@shares_the_runs
@pytest.mark.parametrize("name", CASES)
def test_nothing_is_lost_silently(runs, name):
    """Each flawed file is reported or listed, what can't be read is listed, and the exit code says that it was."""
    run, case = runs[name].result(), CASES[name]
    found = {path for path, _, _ in run.findings()}

    assert {_shown(path) for path in case.flawed} - found - run.skipped() == set()
    assert {_shown(path) for path in case.skipped} - run.skipped() == set()
    assert (run.code == INCOMPLETE) == bool(run.skipped())


@shares_the_runs
@pytest.mark.parametrize("name", CASES)
def test_nothing_reaches_the_terminal_that_it_would_obey(runs, name):
    """Neither output stream carries a control character or one that reorders text."""
    run = runs[name].result()

    shown = (run.stdout + run.stderr).decode()
    assert [char for char in shown if char != "\n" and not char.isprintable()] == []


@shares_the_runs
@pytest.mark.parametrize("name", CASES)
def test_nothing_outside_is_read_or_written_and_nothing_inside_is_run(runs, name):
    """No file out of the folder is opened, none is written but in the cache; no process, connection or import."""
    run = runs[name].result()

    assert run.noted == ""
    assert not run.ran
    assert OUTSIDE.splitlines()[3].split()[0] not in run.stdout


@pytest.mark.parametrize("name", [name for name in CASES if name not in ONLY_READ])
def test_tracing_survives_it_too(tmp_path, name):
    """`gnomon trace` ends as soon, loses nothing silently, and neither runs nor prints what it should not."""
    run = _scan(CASES[name], make(CASES[name], tmp_path), "json", "trace")

    assert b"Traceback" not in run.stderr, run.stderr[-2000:].decode(errors="replace")
    assert run.code in (0, 1, INCOMPLETE)
    assert run.cpu_s < MAX_CPU_S * min(max(len(CASES[name].flawed), 1), 3)
    assert run.peak_kb < MAX_PEAK_KB
    assert (run.noted, run.ran) == ("", False)
    assert [char for char in (run.stdout + run.stderr).decode() if char != "\n" and not char.isprintable()] == []
    traced = json.loads(run.stdout)["targets"]
    assert (run.code == INCOMPLETE) == any(target["skipped"] for target in traced)


@pytest.mark.parametrize("output_format", ["text", "sarif"])
@pytest.mark.parametrize(
    "name", ["hostile-names", "hostile-folder-names", "invisible-characters", "costly-addresses", "links-out"]
)
def test_other_formats_are_harmless_too(tmp_path, name, output_format):
    """What names and code say is shown escaped for people and machines alike."""
    folder = make(CASES[name], tmp_path)

    run = _scan(CASES[name], folder, output_format)

    shown = (run.stdout + run.stderr).decode()
    assert run.code in (1, INCOMPLETE)
    assert "ok.py" in shown
    assert [char for char in shown if char != "\n" and not char.isprintable()] == []


def test_there_are_sixty_four():
    """Six classes of them, names all different."""
    assert len(CASES) == len(list(cases())) == 64
    assert len({case.kind for case in CASES.values()}) == 6


def _shown(path: str) -> str:
    """A path as JSON carries it: bytes that are no text are written as escapes."""
    return path.encode("utf-8", "backslashreplace").decode()
