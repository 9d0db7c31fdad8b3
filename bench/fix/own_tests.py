"""Releases' own tests, with their files as released and as patched, in environments of their own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.fix.results import Tests

TABLE = Path(__file__).with_name("own_tests.toml")
SOURCE = Path(__file__).parents[2] / "src"
WIRE = ("pyzmq", "cryptography", "msgspec")
"""What gnomon.wire needs beside itself."""


class Differ(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tests that end otherwise after a change, and why: read by hand."""

    styles: tuple[str, ...]
    tests: tuple[str, ...]
    """What stands in their names."""
    said: str = ""
    """What stands in their outcome."""
    why: str


class Own(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tests of one release."""

    package: str
    version: str
    file: str = ""
    """The archive, for a release without labels."""
    sha256: str = ""
    root: str
    """Folder of the archive that is on the import path."""
    folder: str
    """Folder that pytest is started in."""
    tests: tuple[str, ...]
    install: tuple[str, ...]
    packages: bool = False
    """True if the folder of --packages has to be on the import path."""
    timeout_s: int
    passed: int
    differ: tuple[Differ, ...] = ()

    def reason(self, style: str, outcome: str) -> str:
        """Why a test (`name: outcome`) is not as it was before the change; "" if nobody has looked."""
        name, _, said = outcome.partition(": ")
        return next(
            (
                each.why
                for each in self.differ
                if style in each.styles and each.said in said and any(test in name for test in each.tests)
            ),
            "",
        )


def table() -> tuple[Own, ...]:
    """The kept table."""
    return msgspec.convert(tomllib.loads(TABLE.read_text(encoding="utf-8"))["release"], tuple[Own, ...])


class Missing(Exception):
    """The environment can't be made."""


def compared(
    own: Own, archive: Path, patched: Path | None, style: str, cache: Path, packages: str, keys: Mapping[str, str]
) -> Tests:
    """The tests' outcomes before and after. Raises Missing."""
    python = _environment(own, cache)
    before = _released(own, archive, python, packages)
    after = _outcomes(own, archive, patched, python, packages, keys) if patched is not None else None
    return Tests(
        style=style,
        command=f"pytest {' '.join(own.tests)}",
        passed_before=_count(before, passed=True),
        failed_before=_count(before, passed=False),
        passed_after=None if after is None else _count(after, passed=True),
        failed_after=None if after is None else _count(after, passed=False),
        differ=()
        if after is None
        else tuple(
            f"{name}: {after.get(name, 'is not run')}"
            for name, outcome in sorted(before.items())
            if after.get(name) != outcome
        ),
    )


@lru_cache
def _released(own: Own, archive: Path, python: Path, packages: str) -> Mapping[str, str]:
    """The outcomes with the files as released, asked for once: they don't depend on a style."""
    return _outcomes(own, archive, None, python, packages, {})


def _environment(own: Own, cache: Path) -> Path:
    folder = cache / "fix" / f"{own.package}-{own.version}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        wanted = ["pytest" if not any(each.startswith("pytest<") for each in own.install) else "", *WIRE, *own.install]
        made = subprocess.run(
            [python, "-m", "pip", "install", "-q", *filter(None, wanted)], capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise Missing(made.stderr.strip().splitlines()[-1])
        (folder / "complete").touch()
    return python


def _outcomes(
    own: Own, archive: Path, patched: Path | None, python: Path, packages: str, keys: Mapping[str, str]
) -> Mapping[str, str]:
    """Test -> `passed`, or what it says; empty if none ran."""
    with tempfile.TemporaryDirectory(prefix="gnomon-fix-tests-") as name:
        ground = Path(name)
        with tarfile.open(archive) as opened:
            opened.extractall(ground, filter="data")
        if patched is not None:
            shutil.copytree(patched, ground, dirs_exist_ok=True)
        path = [str(ground / own.root), str(SOURCE), *([packages] if own.packages and packages else [])]
        environment = {
            **os.environ,
            "PATH": os.pathsep.join((str(python.parent), os.environ["PATH"])),
            "PYTHONPATH": os.pathsep.join(path),
            **keys,
        }
        report = ground / "outcomes.xml"
        command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *own.tests]
        process = subprocess.Popen(
            command,
            cwd=ground / own.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(own.timeout_s)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return _read(report) if report.exists() else {}


def _read(report: Path) -> dict[str, str]:
    found = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 (pytest of our own child wrote it)
        outcome = next((child for child in case if child.tag in {"failure", "error"}), None)
        if any(child.tag == "skipped" for child in case):
            continue
        said = "passed" if outcome is None else re.sub(r"\s+", " ", outcome.get("message", outcome.tag))[:120]
        found[f"{case.get('classname')}::{case.get('name')}"] = said
    return found


def _count(outcomes: Mapping[str, str], *, passed: bool) -> int:
    return sum((outcome == "passed") is passed for outcome in outcomes.values())
