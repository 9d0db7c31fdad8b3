"""Run real modules under guard: learn from their own traffic, enforce, and let another process send a marker.

usage: python bench/guard/real.py [--torch SITE-PACKAGES] [--only WORD] [--json OUT]

What is learned in one folder is enforced in another one, as staging and production are. A marker is an object that
touches a file when it is loaded. SITE-PACKAGES is a folder with torch, for the Python that runs this; without it those
programs are skipped.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.archives import ArchiveError
from bench.guard import real_results
from bench.guard.real_cases import CASES, Attack, Case
from bench.guard.real_ground import Program, Silent, guard, planted, run
from bench.guard.real_results import Held, Refusal, Row, Run
from bench.machine import this_machine

GOOD = 10
"""Requests before an attack, and after it."""
ARRIVAL_S = 10.0
"""Until what was sent is refused, or fires."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print and keep. The exit code says whether every marker was stopped."""
    given = _arguments(argv)
    began = time.monotonic()
    rows = []
    for case in CASES:
        if given.only in case.name:
            rows.append(_row(case, given.torch))
            _print(rows[-1])
    found = Run(
        machine=this_machine(),
        versions={"gnomon": version("gnomon"), "pyzmq": version("pyzmq")}
        | _version("torch", _environment(given.torch)),
        seconds=round(time.monotonic() - began, 1),
        rows=tuple(rows),
    )
    if given.json:
        real_results.write(found, given.json)
    return int(any(held.fired or not held.refusals for row in rows for held in row.held))


def _row(case: Case, torch: str) -> Row:
    environment = _environment(torch if case.needs else "")
    facts = {
        "program": case.name,
        "releases": tuple(release.archive.file for release in case.releases),
        "way": case.way,
        "stubbed": case.stubbed,
    }
    if case.needs and not _version(case.needs, environment):
        return Row(**facts, skipped=f"{case.needs} is not installed: name a folder that holds it with --torch")
    with tempfile.TemporaryDirectory(prefix="gnomon-guard-real-") as folder:
        try:
            return Row(**facts, **_Seen(case, environment, Path(folder)).facts())
        except ArchiveError as error:
            return Row(**facts, skipped=str(error))


class _Seen:
    """One program, in its folders."""

    def __init__(self, case: Case, environment: Mapping[str, str], folder: Path) -> None:
        self._case = case
        self._folder = folder
        self._environment = environment
        self._staging = planted(case, folder / "staging")
        self._production = planted(case, folder / "production" / "opt")
        self._command = [sys.executable, case.program]
        self._run = [*self._command, "run", *case.arguments]
        self._policy = folder / "policy.json"

    def facts(self) -> dict[str, Any]:
        """What is in a Row."""
        fired = self._control()
        first = self._learn()
        settled = self._learn("--add") == first
        table = json.loads(first)
        return {
            "control_fired": fired,
            "sites": len(table["sites"]),
            "names": sum(len(site["names"]) for site in table["sites"]),
            "dangerous": tuple(table["accepted"]),
            "channels": len(table["channels"]),
            "settled": settled,
            "held": tuple(self._held(attack) for attack in self._case.attacks),
        }

    def _control(self) -> bool:
        program = Program(self._run, self._production, self._environment)
        try:
            program.ask("good", GOOD)
            flag, _ = self._attacked(program, self._case.attacks[0])
            _until(flag.exists, 1)  # some load it with the next request
            if not flag.exists():
                program.ask("good", 1)
            return _until(flag.exists)
        finally:
            program.kill()

    def _learn(self, *options: str) -> str:
        known = [option for name in self._case.accepted for option in ("--i-know", name)]
        learn = guard("learn", "-o", self._policy, *known, *options, "--", *self._run)
        program = Program(learn, self._staging, self._environment)
        answer = program.ask("good", GOOD)
        program.end()
        if answer != {"right": GOOD}:
            raise Silent(f"{self._case.name} did not work while it was learned: {answer}")
        return self._policy.read_text(encoding="utf-8")

    def _held(self, attack: Attack) -> Held:
        policy = self._edited(attack.outcome)
        events = self._folder / "events.jsonl"
        events.unlink(missing_ok=True)
        program = Program(
            guard("-p", policy, "--events", events, "--", *self._run), self._production, self._environment
        )
        try:
            before = program.ask("good", GOOD)
            processes, covered = _covered(program.pid)
            flag, told = self._attacked(program, attack)
            _until(lambda: _refusals(events), 1)
            after = _asked(program)
            pause = {} if "failed" in after else program.ask("pause")
            _until(lambda: _refusals(events))
            return Held(
                outcome=attack.outcome or "as learned",
                attack=attack.says,
                told=told,
                fired=flag.exists(),
                refusals=_refusals(events),
                asked=GOOD,
                right_before=before["right"],
                right_after=after["right"],
                afterwards=_afterwards(after, program),
                longest_pause_ms=pause.get("longest_pause_ms"),
                processes=processes,
                covered=covered,
            )
        finally:
            program.kill()

    def _edited(self, outcome: str) -> Path:
        if not outcome:
            return self._policy
        table = json.loads(self._policy.read_text(encoding="utf-8"))
        for site in table["sites"]:
            site["outcome"] = outcome
        path = self._folder / f"{outcome}.json"
        path.write_text(json.dumps(table), encoding="utf-8")
        run(guard("sign", path), self._folder, self._environment)
        return path

    def _attacked(self, program: Program, attack: Attack) -> tuple[Path, str]:
        """The flag, and what the program says to the one who asked for the marker's result."""
        flag = self._folder / "flag"
        flag.unlink(missing_ok=True)
        address = program.hello.get("address")
        if not self._case.inside:
            run(
                [*self._command, "attack", str(address), str(flag), *attack.arguments],
                self._production,
                self._environment,
            )
            return flag, ""
        try:
            error = program.ask("attack", flag, *attack.arguments).get("failed", "")
            return flag, error.partition(":")[0]
        except Silent:
            return flag, ""


def _asked(program: Program) -> dict[str, Any]:
    try:
        return program.ask("good", GOOD)
    except Silent as silent:
        return {"right": 0, "failed": str(silent)}


def _afterwards(after: dict[str, Any], program: Program) -> str:
    if "failed" not in after:
        return "serves on"
    if (code := program.code()) is not None:
        return f"the program ended with exit code {code}"
    if program.ask("alive").get("alive") is False:
        return "the server has ended"
    error = after["failed"].partition(":")[0]
    return "no answer any more" if error == "Late" else f"the caller sees {error}"


def _refusals(events: Path) -> tuple[Refusal, ...]:
    if not events.exists():
        return ()
    tables = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    return tuple(
        Refusal(
            event=table["event"],
            module=table["module"],
            name=table["name"],
            site=table.get("site", ""),
            peer=table.get("peer", "unknown"),
            sha256=table.get("sha256", ""),
        )
        for table in tables
        if table["event"] in {"refused", "dropped"}
    )


def _until(true: Callable[[], object], seconds: float = ARRIVAL_S) -> bool:
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        time.sleep(0.02)
    return bool(true())


def _covered(pid: int) -> tuple[int, int]:
    """Processes of Python in the run of the guard with this number, and how many of them are covered."""
    said = subprocess.run(guard("status", "--json"), capture_output=True, text=True, check=False).stdout
    [run] = [run for run in map(json.loads, said.splitlines()) if run["supervisor"] == pid]
    verdicts = [process["verdict"] for process in run["processes"] if process["verdict"] != "not-python"]
    return len(verdicts), verdicts.count("covered")


def _environment(packages: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": packages} if packages else dict(os.environ)


def _version(module: str, environment: Mapping[str, str]) -> dict[str, str]:
    """By the module's name; empty if it isn't there."""
    asked = [sys.executable, "-c", f"import {module}; print({module}.__version__)"]
    ended = subprocess.run(asked, env=dict(environment), capture_output=True, text=True, check=False)
    return {} if ended.returncode else {module: ended.stdout.strip()}


def _print(row: Row) -> None:
    if row.skipped:
        print(f"{row.program}: skipped, {row.skipped}", flush=True)
    for held in row.held:
        print(
            f"{row.program}: control {'fires' if row.control_fired else 'does NOT fire'}; {row.sites} sites, "
            f"{row.names} names, settled {row.settled}; {held.outcome} {held.attack}: fired {held.fired}, "
            f"{len(held.refusals)} events, "
            f"right {held.right_before} and {held.right_after} of {held.asked}, {held.afterwards}, "
            f"told {held.told!r}, pause {held.longest_pause_ms}, covered {held.covered}/{held.processes}",
            flush=True,
        )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--torch", default="", metavar="SITE-PACKAGES", help="a folder with torch")
    parser.add_argument("--only", default="", metavar="WORD", help="programs whose name holds it")
    parser.add_argument("--json", type=Path, metavar="OUT")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
