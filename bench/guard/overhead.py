"""Measure what guard costs: a load, a round trip and the start of a process, beside the same program without it.

usage: python bench/guard/overhead.py [--rounds N] [--share F] [--fickling FOLDER] [--json OUT]

Programs live through all rounds and take turns, so that what else the machine does hits all of them; every figure is
held against the plain program's turn in the same round. All are told in processor time, so that waiting for a busy
machine does not count. `--fickling` names a folder that has it (`pip install --target`).
"""

import argparse
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import gnomon.guard
from bench.guard import overhead_results
from bench.guard.letters import LETTERS
from bench.guard.overhead_results import PLAIN, Measured, Run
from bench.guard.real_cases import CASES
from bench.guard.real_ground import planted
from bench.guard.starts import STARTED
from bench.guard.trips import SENT
from bench.guard.turns import Program
from bench.machine import this_machine

HERE = Path(__file__).parent
GUARD = (sys.executable, "-m", "gnomon.guard")
TURN_US = 30_000
"""How long a turn takes, in microseconds."""
LOADS = (
    *(f"loads: {name}" for name in LETTERS),
    *(
        f"{how}: {name}"
        for name in ("dataclass, 3 fields", "request, 100 ids")
        for how in ("own find_class", "find_class with super")
    ),
    "recv_pyobj: request, 100 ids",
)
TRIPS = tuple(
    f"{pattern}: {name}" for pattern in ("REQ/REP", "ROUTER/DEALER, asyncio", "LMDeploy's RPC") for name in SENT
)
STARTS = tuple(f"python -c {code!r}" for code in STARTED)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    load = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory() as folder:
        measured = tuple(_all(Path(folder), given))
    versions = {name: version(name) for name in ("pyzmq", "numpy")}
    run = Run(
        machine=this_machine(),
        versions=versions | ({"fickling": _version_of(given.fickling)} if given.fickling else {}),
        load=load,
        rounds=given.rounds,
        measured=measured,
    )
    if given.json:
        overhead_results.write(run, given.json)
    return 0


def _all(folder: Path, given: argparse.Namespace) -> Iterator[Measured]:
    # As pip does when it installs: where PYTHONDONTWRITEBYTECODE is set, each start would compile guard anew.
    compileall.compile_dir(gnomon.guard.__path__[0], quiet=1)
    loads = [sys.executable, HERE / "loads.py"]
    policy = _learned(folder, loads, LOADS)
    ways = {
        PLAIN: loads,
        "a hook that does nothing": [*loads, "--hook", "nothing"],
        "a hook that asks who loads": [*loads, "--hook", "code"],
        "guard": _held(folder, _edited(policy, _raising), loads),
        "guard, harmless anywhere": _held(folder, _widened(_edited(policy, _raising)), loads),
    }
    if given.fickling:
        ways["fickling"] = [*loads, "--hook", "fickling", given.fickling]
    yield from _rounds(folder, ways, LOADS, given)

    trips = [sys.executable, HERE / "trips.py", planted(CASES[0], folder / "published")]
    policy = _learned(folder, trips, TRIPS)
    ways = {
        PLAIN: trips,
        "plain again": trips,
        "guard, raise": _held(folder, _edited(policy, _raising), trips),
        "guard, raise, harmless anywhere": _held(folder, _widened(_edited(policy, _raising)), trips),
        "guard, drop": _held(folder, policy, trips),
        "guard, drop, harmless anywhere": _held(folder, _widened(policy), trips),
    }
    yield from _rounds(folder, ways, TRIPS, given)

    starts = [sys.executable, HERE / "starts.py"]
    yield from _rounds(folder, {PLAIN: starts, "guard": _held(folder, policy, starts)}, STARTS, given)


def _learned(folder: Path, command: Sequence[str | Path], cases: Sequence[str]) -> Path:
    """A policy from some turns of each case."""
    policy = folder / f"{Path(command[1]).stem}.json"
    asked = "".join(f"{case}\t2\n" for case in cases)
    subprocess.run(
        [*GUARD, "learn", "-o", policy, "--", *command],
        input=asked, cwd=folder, text=True, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return policy


def _edited(policy: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A signed copy of the policy."""
    table = json.loads(policy.read_text(encoding="utf-8"))
    change(table)
    copy = policy.with_name(f"{policy.stem}{change.__name__}.json")
    copy.write_text(json.dumps(table), encoding="utf-8")
    subprocess.run([*GUARD, "sign", copy], check=True, stdout=subprocess.DEVNULL)
    return copy


def _raising(table: dict[str, Any]) -> None:
    for site in table["sites"]:
        site["outcome"] = "raise"


def _widened(policy: Path) -> Path:
    """The policy with its harmless names allowed at every load."""
    wide = policy.with_name(f"{policy.stem}-wide.json")
    subprocess.run([*GUARD, "merge", policy, "-o", wide, "--harmless-anywhere"], check=True, capture_output=True)
    return wide


def _held(folder: Path, policy: Path, command: Sequence[str | Path]) -> list[str | Path]:
    return [*GUARD, "-p", policy, "--events", folder / "events.jsonl", "--", *command]


def _rounds(
    folder: Path, ways: dict[str, list[str | Path]], cases: Sequence[str], given: argparse.Namespace
) -> Iterator[Measured]:
    programs = {way: Program(command, folder) for way, command in ways.items()}
    counts = {(way, case): _count(program, case, given.share) for way, program in programs.items() for case in cases}
    took: dict[tuple[str, str], list[float]] = {key: [] for key in counts}
    for number in range(given.rounds):
        turns = list(programs.items())
        for case in cases:
            for way, program in turns if number % 2 else reversed(turns):
                took[way, case].append(program.turn(case, counts[way, case]))
    for program in programs.values():
        program.end()
    for case in cases:
        for way in ways:
            yield _told(case, way, took[way, case], took[PLAIN, case])


def _count(program: Program, case: str, share: float) -> int:
    """How often a turn runs the case, once it is warm."""
    if case in STARTS:
        program.turn(case, 1)
        return 1
    program.turn(case, 100)
    return max(int(share * TURN_US / program.turn(case, 30)), 6)


def _told(case: str, way: str, took: list[float], plain: list[float]) -> Measured:
    more = sorted(100 * (mine / theirs - 1) for mine, theirs in zip(took, plain, strict=True))
    tenth = len(more) // 10
    found = Measured(
        case=case,
        way=way,
        us=round(statistics.median(took), 2),
        more_us=round(statistics.median(mine - theirs for mine, theirs in zip(took, plain, strict=True)), 2),
        more_percent=round(statistics.median(more), 1),
        from_percent=round(more[tenth], 1),
        to_percent=round(more[-1 - tenth], 1),
    )
    if way != PLAIN:
        print(
            f"{case:42}{way:26}{found.us:12,.1f} µs {found.more_percent:+8.1f} % "
            f"[{found.from_percent:+.0f} … {found.to_percent:+.0f}] {found.more_us:+,.2f} µs",
            flush=True,
        )
    return found


def _version_of(folder: str) -> str:
    found = next(Path(folder).glob("fickling-*.dist-info"))
    return found.name.removeprefix("fickling-").removesuffix(".dist-info")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual length of a turn")
    parser.add_argument("--fickling", default="", metavar="FOLDER")
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
