"""Round trips over real sockets: a release's own modules talk with each other, and a stranger sends a marker."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from bench.fix.results import Style, Talk, TripRow
from bench.fix.trip_cases import TRIPS, Trip
from bench.guard.real_ground import Program, Silent

HERE = Path(__file__).with_name("programs")
GUARD = Path(__file__).parents[1] / "guard" / "programs"
GOOD = 5
"""Requests before the stranger comes, and after it went."""
SEEN_S = 3.0
"""How long the program is watched while the stranger is there."""


def row(
    trip: Trip, flawed: Path, patched: Path | None, style: Style, keys: Mapping[str, str], packages: str
) -> TripRow:
    """What the program does with the files as released, and with those that were patched: None if there are none."""
    environment = _environment(packages)
    missing = [module for module in trip.needs if not _has(module, packages)]
    facts = {"program": trip.program, "style": style.style, "way": trip.way, "stubbed": trip.stubbed}
    if missing:
        return TripRow(
            **facts, skipped=f"{', '.join(missing)} is not there: name a folder that holds it with --packages"
        )
    before = _released(trip.name, flawed, packages)
    left = [load for load in trip.loads if load not in _changed(trip, style)]
    if patched is None or left:
        return TripRow(**facts, before=before, skipped=f"{', '.join(left)} is left as it was")
    added = tuple(sorted(_modules(patched) - _modules(flawed)))
    return TripRow(**facts, before=before, after=_talk(trip, patched, added, {**environment, **keys}))


@lru_cache
def _released(name: str, flawed: Path, packages: str) -> Talk:
    """The talk with the files as released, once for all styles."""
    (trip,) = (each for each in TRIPS if each.name == name)
    return _talk(trip, flawed, (), _environment(packages))


def learned(trip: Trip, flawed: Path, packages: str, policy: Path) -> bool:
    """Whether guard has learned a policy from the program's good requests, with the files as released."""
    with tempfile.TemporaryDirectory(prefix="gnomon-fix-learn-") as folder:
        ground = Path(folder) / "ground"
        _plant(trip, flawed, (), ground)
        learn = [sys.executable, "-m", "gnomon", "guard", "learn", "-o", str(policy), "--"]
        try:
            program = Program([*learn, sys.executable, f"{trip.program}.py", "run"], ground, _environment(packages))
        except Silent:
            return False
        try:
            program.ask("good", GOOD)
            program.end()
        except Silent:
            return False
        finally:
            program.kill()
    return policy.exists()


def _changed(trip: Trip, style: Style) -> set[str]:
    """Functions of the trip's files in which the style's offers changed a load."""
    files = {f"{trip.root}/{name}".lstrip("/") for name in trip.files}
    return {name for path, name in style.gone if any(path == file or path.startswith(f"{file}/") for file in files)}


def _talk(trip: Trip, tree: Path, added: tuple[str, ...], environment: Mapping[str, str]) -> Talk:
    with tempfile.TemporaryDirectory(prefix="gnomon-fix-trip-") as folder:
        ground, flag = Path(folder) / "ground", Path(folder) / "flag"
        _plant(trip, tree, added, ground)
        try:
            program = Program([sys.executable, f"{trip.program}.py", "run"], ground, environment)
        except Silent as silent:
            return Talk(asked=GOOD, failed=str(silent))
        try:
            return _met(trip, program, flag, ground, environment)
        except Silent as silent:
            return Talk(asked=GOOD, failed=str(silent), fired=flag.exists())
        finally:
            program.kill()


def _met(trip: Trip, program: Program, flag: Path, ground: Path, environment: Mapping[str, str]) -> Talk:
    first = program.ask("good", GOOD)
    if first.get("failed"):
        return Talk(asked=GOOD, right_before=first["right"], failed=first["failed"])
    with _stranger(trip, program, flag, ground, environment):
        _until(flag, SEEN_S)
        if not flag.exists():  # some load it with their next request, or when they are told to receive
            with suppress(Silent):
                program.ask(*("receive",) if "receives" in program.hello else ("good", 1))
            _until(flag, SEEN_S)
    try:
        after = program.ask("good", GOOD)
    except Silent as silent:
        after = {"right": 0, "failed": str(silent)}
    return Talk(
        asked=GOOD,
        right_before=first["right"],
        fired=flag.exists(),
        right_after=after["right"],
        failed=after.get("failed", ""),
    )


@contextmanager
def _stranger(trip: Trip, program: Program, flag: Path, ground: Path, environment: Mapping[str, str]) -> Iterator[None]:
    way, kind, *rest = program.hello.get("stranger") or trip.stranger
    if "stranger" not in program.hello:
        rest = [f"tcp://127.0.0.1:{program.hello['address']}", *rest]
    arguments = [str(flag), way, kind, *rest]
    stranger = Program([sys.executable, "stranger.py", *arguments], ground, environment)
    try:
        yield
    finally:
        with suppress(Silent):
            stranger.end()


def _plant(trip: Trip, tree: Path, added: tuple[str, ...], ground: Path) -> None:
    ground.mkdir()
    for folder in (GUARD, HERE):
        for program in folder.glob("*.py"):
            shutil.copy(program, ground)
    for path, text in trip.stubs.items():
        _write(ground / path, text.encode())
    root = f"{trip.root}/" if trip.root else ""
    for name in (*_planted(trip, tree), *(name for name in added if name.startswith(root))):
        _write(ground / name.removeprefix(root), (tree / name).read_bytes())


def _planted(trip: Trip, tree: Path) -> list[str]:
    """Files of the tree that the program runs."""
    found = []
    for name in trip.files:
        path = tree / trip.root / name
        found += [str(each.relative_to(tree)) for each in (path.rglob("*.py") if path.is_dir() else (path,))]
    return found


def _modules(tree: Path) -> set[str]:
    return {str(path.relative_to(tree)) for path in tree.rglob("*.py")}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _until(flag: Path, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not flag.exists() and time.monotonic() < ends:
        time.sleep(0.02)


@lru_cache
def _has(module: str, packages: str) -> bool:
    asked = [sys.executable, "-c", f"import {module}"]
    return not subprocess.run(asked, env=_environment(packages), capture_output=True, check=False).returncode


def _environment(packages: str) -> dict[str, str]:
    """This process's, with a folder of packages on the import path."""
    plain = {name: value for name, value in os.environ.items() if name != "GNOMON_KEYS"}
    return {**plain, "PYTHONPATH": packages} if packages else plain
