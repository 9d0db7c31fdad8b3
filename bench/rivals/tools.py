"""The other scanners: how each is installed, run on a folder, and what places it reports.

Each is asked for the unsafe loads it knows of and nothing else, with every way of hiding a report switched off
(ignore files, `nosec`, `noqa`), no network and no cache.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from bench.accuracy.columns import Report

HERE = Path(__file__).parent
EXPERT_RULE = HERE / "semgrep" / "expert.yml"
WIDE_RULE = HERE / "semgrep" / "expert-wide.yml"
PINS = HERE / "requirements.txt"
ENVIRONMENT = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}


class RivalFailed(Exception):
    """A rival could not be installed or gave no report."""


class Rival(Struct, frozen=True, kw_only=True):
    """One way of running one tool."""

    name: str
    tool: str
    """The package's name."""
    options: tuple[str, ...]
    """What follows the program's name; the folder comes last."""
    places: Callable[[dict | list], Iterable[tuple[str, int]]]
    """Paths and lines in the tool's JSON."""

    def command(self, tools: Path, folder: str | Path) -> list[str]:
        """The command line on a folder."""
        return [str(tools / self.tool), *self.options, str(folder)]


def installed(cache: Path, pins: Path = PINS) -> Path:
    """The folder of the rivals' programs, installed at the pinned versions into their own environment first."""
    environment = cache / pins.parent.name / "venv"
    programs = environment / "bin"
    if not (programs / "pip").exists():
        _run([sys.executable, "-m", "venv", str(environment)])
    if _pinned(pins) - set(_run([str(programs / "pip"), "freeze"]).splitlines()):
        _run([str(programs / "pip"), "install", "-q", "-r", str(pins)])
    return programs


def versions(pins: Path = PINS) -> dict[str, str]:
    """The pinned version per tool."""
    return dict(pin.split("==", 1) for pin in sorted(_pinned(pins)))


def rivals(published_rules: Path | None) -> tuple[Rival, ...]:
    """Every rival; semgrep's published rules only if a copy of them is at hand."""
    return (
        RUFF,
        BANDIT,
        *(() if published_rules is None else (_semgrep("semgrep, published rules", deserialization(published_rules)),)),
        _semgrep("semgrep, expert's rule", (EXPERT_RULE,)),
        _semgrep("semgrep, expert's wide rule", (WIDE_RULE,)),
    )


def deserialization(rules: Path) -> tuple[Path, ...]:
    """The Python rule files about CWE-502 in a copy of the published rules. Raises RivalFailed if there are none."""
    found = tuple(
        path
        for path in sorted(rules.rglob("*.y*ml"))
        if "python" in path.parts and "CWE-502" in path.read_text(encoding="utf-8", errors="replace")
    )
    if not found:
        raise RivalFailed(f"no rule about CWE-502 below {rules}")
    return found


def rule_count(files: Iterable[Path]) -> int:
    """How many rules the files hold."""
    return sum(len(re.findall(r"^ *- id:", path.read_text(encoding="utf-8"), re.MULTILINE)) for path in files)


def reports(rival: Rival, tools: Path, folder: Path, timeout_s: float = 3600) -> tuple[Report, ...]:
    """What the rival reports in a folder, in path order. Raises RivalFailed if it gives no report."""
    # started inside the folder, so that no folder above can hold an ignore file and paths come out relative
    text = _run(rival.command(tools, "."), cwd=folder, timeout_s=timeout_s)
    found = {
        Report(path=path.removeprefix("./").removeprefix(f"{folder}/"), line=line)
        for path, line in rival.places(json.loads(text))
    }
    return tuple(sorted(found, key=lambda report: (report.path, report.line)))


def _run(command: list[str], cwd: Path | None = None, timeout_s: float = 1800) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, timeout=timeout_s, check=False, env=os.environ | ENVIRONMENT
    )
    if done.returncode not in (0, 1):  # 1 is "found something" for all three
        raise RivalFailed(f"{' '.join(command[:3])} …: exit code {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def _pinned(pins: Path) -> set[str]:
    return set(pins.read_text(encoding="utf-8").split())


def _ruff_places(found: dict | list) -> Iterator[tuple[str, int]]:
    for one in found:
        yield one["filename"], one["location"]["row"]


def _bandit_places(found: dict | list) -> Iterator[tuple[str, int]]:
    for one in found["results"]:
        yield one["filename"], one["line_number"]


def _semgrep_places(found: dict | list) -> Iterator[tuple[str, int]]:
    for one in found["results"]:
        yield one["path"], one["start"]["line"]


def _semgrep(name: str, rules: Iterable[Path]) -> Rival:
    options = (
        "scan",
        "--quiet",
        "--json",
        "--metrics=off",
        "--disable-version-check",
        "--no-git-ignore",
        "--x-ignore-semgrepignore-files",
        "--disable-nosem",
        *(f"--config={path}" for path in rules),
    )
    return Rival(name=name, tool="semgrep", options=options, places=_semgrep_places)


RUFF = Rival(
    name="ruff S301,S302,S506",
    tool="ruff",
    options=(
        "check",
        "--isolated",
        "--no-cache",
        "--no-respect-gitignore",
        "--ignore-noqa",
        "--select=S301,S302,S506",
        "--output-format=json",
        "--quiet",
    ),
    places=_ruff_places,
)
BANDIT = Rival(
    name="bandit B301,B403",
    tool="bandit",
    options=("-r", "-q", "--ignore-nosec", "-t", "B301,B403", "-f", "json"),
    places=_bandit_places,
)
