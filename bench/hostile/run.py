"""Which scanner survives hostile input: every folder of tests/hostile, scanned by gnomon and by the others.

usage: python bench/hostile/run.py [--only NAME,NAME…] [--tools gnomon,ruff,bandit,semgrep] [--cache DIR] [--json FILE]

A tool survives an input if it ends within ten seconds a file, reports the flawed neighbour, passes over nothing
silently, reports nothing that lies outside of the folder, runs nothing of it, and takes at most a gigabyte. The others
are told to say all they can about what they leave out; none of them reads archives. FILE is written after each input;
what it holds already is not run again.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from msgspec.structs import replace

from bench.accuracy.scanner import GNOMON, version
from bench.archives import default_cache
from bench.hostile import results, tables
from bench.hostile.results import Hostile, Outcome
from bench.machine import this_machine
from bench.rivals import tools
from tests.hostile.case import OUTSIDE, RAN, Case, disturbed
from tests.hostile.make import cases, make

MAX_S = 10
"""A file."""
MOST_FILES = 3
MAX_WALL_S = 60
_OF_OUTSIDE = OUTSIDE.splitlines()[3].split()[0]
_LISTS_OF_WHAT_WAS_READ = frozenset({"metrics", "scanned", "_totals"})
# The kernel counts a child's peak memory from that of whoever started it: a bare interpreter has the least.
STARTER = """
import os, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))  # somebody may try to read a terabyte
began = time.monotonic()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    seconds = min(used.ru_utime + used.ru_stime, time.monotonic() - began)
    print(os.waitstatus_to_exitcode(status), used.ru_maxrss, seconds, file=file)
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Scan and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--tools", default="gnomon,ruff,bandit,semgrep")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(argv)
    wanted = [case for case in cases() if not given.only or case.name in given.only.split(",")]
    names = given.tools.split(",")
    rivals = tuple(rival for rival in tools.rivals(None) if rival.tool in names and "wide" not in rival.name)
    programs = tools.installed(given.cache) if rivals else Path()
    run = results.read(given.json) if given.json and given.json.exists() else None
    known = {(one.case, one.tool): one for one in run.outcomes} if run is not None else {}
    for case in wanted:
        known |= {(one.case, one.tool): one for one in _outcomes(case, rivals, programs, known, own="gnomon" in names)}
        run = Hostile(
            machine=this_machine(),
            tool=version(),
            versions={tool: number for tool, number in tools.versions().items() if tool in names},
            outcomes=tuple(known.values()),
        )
        if given.json:
            results.write(run, given.json)
    if run is not None:
        print(tables.report(run))
    return 0


def _outcomes(
    case: Case, rivals: Sequence[tools.Rival], programs: Path, known: Container[tuple[str, str]], *, own: bool
) -> Iterator[Outcome]:
    """What each tool makes of an input, those left out of which it is known already."""
    commands = {"gnomon": [*GNOMON, "scan", *case.targets, "--no-cache", "--format", "json"]} if own else {}
    commands |= {rival.name: talkative(rival).command(programs, ".") for rival in rivals}
    for name, command in commands.items():
        if (case.name, name) in known:
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as parent:
            folder = make(case, Path(parent))
            outcome = _outcome(name, case, command, folder)
            shutil.rmtree(folder, ignore_errors=True)
        print(f"{case.name}: {name}: {'survived' if outcome.survived else outcome}", file=sys.stderr)
        yield outcome


def talkative(rival: tools.Rival) -> tools.Rival:
    """The rival, told to say all it can about what it left out."""
    options = tuple(option for option in rival.options if option not in ("--quiet", "-q"))
    return replace(rival, options=(*options, "--verbose") if rival.tool == "semgrep" else options)


def _outcome(name: str, case: Case, command: list[str], folder: Path) -> Outcome:
    timed = [shutil.which("timeout") or "timeout", "--kill-after=1", str(MAX_WALL_S), *command]
    with tempfile.NamedTemporaryFile("r") as used, disturbed(case, folder):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", STARTER, used.name, *timed],
            capture_output=True,
            cwd=folder,
            env=os.environ | tools.ENVIRONMENT,
            check=True,
        )
        code, peak_kb, seconds = used.read().split()
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    limit_s = MAX_S * min(max(len(case.flawed), 1), MOST_FILES)
    return Outcome(
        tool=name,
        case=case.name,
        kind=case.kind,
        ended=0 <= int(code) < 124 and float(seconds) <= limit_s,
        reported=reports(done.stdout, case),
        silent=tuple(silent(done.stdout, done.stderr, (*case.flawed, *case.skipped))),
        outside=_OF_OUTSIDE in done.stdout or (folder / RAN).exists(),
        harmless=all(char in {"\n", "\t"} or char.isprintable() for char in text),
        seconds=round(float(seconds), 2),
        peak_mb=round(int(peak_kb) * 1024 / 1e6, 1),
    )


def reports(document: bytes, case: Case) -> bool:
    """True if the tool's JSON names the neighbour's load: gnomon's in each target, the others' in the folder."""
    try:
        found = json.loads(document)
    except ValueError:
        return False
    if isinstance(found, list) and found and "findings" in found[0]:
        return all(_names(one["findings"], case.neighbour) for one in found)
    entries = found if isinstance(found, list) else found.get("findings", found.get("results", []))
    return _names(entries, case.neighbour)


def _names(entries: Sequence[dict], neighbour: str) -> bool:
    return any(
        str(entry.get("path") or entry.get("filename")).rpartition("/")[2] == neighbour
        and 4
        in (
            entry.get("line"),
            entry.get("line_number"),
            entry.get("location", {}).get("row"),
            entry.get("start", {}).get("line"),
        )
        for entry in entries
    )


def silent(document: bytes, errors: bytes, wanted: Sequence[str]) -> Iterator[str]:
    """What the tool names nowhere: neither in a report nor as left out. That it was read, as some list, is neither."""
    try:
        said = list(_texts(json.loads(document)))
    except ValueError:
        said = [document.decode("utf-8", "replace")]
    together = "\n".join([*said, errors.decode("utf-8", "replace")])
    for name in wanted:
        written = name.encode("utf-8", "backslashreplace").decode()
        quoted = json.dumps(name)[1:-1]
        lossy = os.fsencode(name).decode("utf-8", "replace")
        if not any(spelling in together for spelling in (name, written, quoted, lossy)):
            yield written


def _texts(found: object) -> Iterator[str]:
    """Every text of a JSON document, lists of what was read left out."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for item in found:
            yield from _texts(item)
    elif isinstance(found, dict):
        for key, value in found.items():
            if key not in _LISTS_OF_WHAT_WAS_READ:
                yield from _texts(value)


if __name__ == "__main__":
    sys.exit(main())
