"""Which scanner survives hostile input: every folder of tests/hostile, scanned by gnomon and by the others.

usage: python bench/hostile/run.py [--only NAME,NAME…] [--tools gnomon,ruff,bandit,semgrep] [--cache DIR]

A tool survives a folder if it ends within ten seconds and reports the flawed neighbour. It is harmless to a terminal if
its output holds no control character. That it left something out it says by an exit code other than 0 and 1.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from msgspec import Struct

from bench.archives import default_cache
from bench.markdown import share, table
from bench.rivals import tools
from tests.hostile.case import Case
from tests.hostile.make import cases, make

MAX_S = 10
# The kernel counts a child's peak memory from that of whoever started it: a bare interpreter has the least.
STARTER = """
import os, sys
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    print(os.waitstatus_to_exitcode(status), used.ru_maxrss, file=file)
"""
GNOMON = (sys.executable, "-P", "-m", "gnomon", "scan", ".", "--format", "json")


class Outcome(Struct, frozen=True, kw_only=True):
    """What a tool made of a folder."""

    tool: str
    case: str
    left_out: bool
    """The case has something that can't be analysed."""
    ended: bool
    reported: bool
    harmless: bool
    told: bool
    peak_mb: float


def main(argv: Sequence[str] | None = None) -> int:
    """Scan and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--tools", default="gnomon,ruff,bandit,semgrep")
    parser.add_argument("--cache", type=Path, default=default_cache())
    given = parser.parse_args(argv)
    wanted = [case for case in cases() if case.target == "." and (not given.only or case.name in given.only.split(","))]
    outcomes = list(_outcomes(wanted, _commands(given.tools.split(","), given.cache)))
    print(report(outcomes))
    return 0


def report(outcomes: Sequence[Outcome]) -> str:
    """A row for each tool, and the folders that each did not survive."""
    names = list(dict.fromkeys(outcome.tool for outcome in outcomes))
    rows, lost = [], []
    for name in names:
        own = [outcome for outcome in outcomes if outcome.tool == name]
        incomplete = [outcome for outcome in own if outcome.left_out]
        rows.append(
            (
                name,
                share(sum(outcome.ended and outcome.reported for outcome in own), len(own)),
                share(sum(outcome.told for outcome in incomplete), len(incomplete)),
                share(sum(outcome.harmless for outcome in own), len(own)),
                f"{max(outcome.peak_mb for outcome in own):.0f}",
            )
        )
        failed = [outcome.case for outcome in own if not (outcome.ended and outcome.reported)]
        lost.append(f"{name} loses: {', '.join(failed) or 'none'}")
    head = ("tool", "neighbour reported in time", "says what it left out", "harmless to a terminal", "peak, MB")
    return "\n".join([table(head, rows), "", *lost])


def _commands(names: Sequence[str], cache: Path) -> dict[str, list[str]]:
    """Command lines, to be run in the folder."""
    commands = {"gnomon": list(GNOMON)} if "gnomon" in names else {}
    wanted = [rival for rival in tools.rivals(None) if rival.tool in names]
    if wanted:
        programs = tools.installed(cache)
        commands |= {rival.name: rival.command(programs, ".") for rival in wanted}
    return commands


def _outcomes(wanted: Sequence[Case], commands: dict[str, list[str]]) -> Iterator[Outcome]:
    for case in wanted:
        with tempfile.TemporaryDirectory() as parent:
            folder = make(case, Path(parent))
            for name, command in commands.items():
                yield _outcome(name, case, command, folder)
            shutil.rmtree(folder)


def _outcome(name: str, case: Case, command: list[str], folder: Path) -> Outcome:
    timed = [shutil.which("timeout") or "timeout", "--kill-after=1", str(MAX_S), *command]
    with tempfile.NamedTemporaryFile("r") as used:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", STARTER, used.name, *timed],
            capture_output=True,
            cwd=folder,
            env=os.environ | tools.ENVIRONMENT,
            check=True,
        )
        code, peak_kb = map(int, used.read().split())
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    return Outcome(
        tool=name,
        case=case.name,
        left_out=bool(case.skipped),
        ended=code not in (124, 137) and code >= 0,
        reported=_reports(done.stdout, case.neighbour),
        harmless=all(char in {"\n", "\t"} or char.isprintable() for char in text),
        told=code not in (0, 1),
        peak_mb=peak_kb * 1024 / 1e6,
    )


def _reports(document: bytes, neighbour: str) -> bool:
    """True if the tool's JSON names the neighbour's load."""
    try:
        found = json.loads(document)
    except ValueError:
        return False
    entries = found if isinstance(found, list) else found.get("findings", found.get("results", []))
    return any(
        str(entry.get("path") or entry.get("filename")).endswith(neighbour)
        and 4
        in (
            entry.get("line"),
            entry.get("line_number"),
            entry.get("location", {}).get("row"),
            entry.get("start", {}).get("line"),
        )
        for entry in entries
    )


if __name__ == "__main__":
    sys.exit(main())
