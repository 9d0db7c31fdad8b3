"""One run of the survey bench, as kept in bench/results/survey.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "survey.json"


class Target(Struct, frozen=True, kw_only=True):
    """What one target cost."""

    target: str
    status: str
    lines: int
    """Of Python, and of what deploys it."""
    bytes: int
    fetched_bytes: int
    cpu_seconds: float
    seconds: float
    peak_bytes: int
    """Most memory of the process that was at it."""


class Package(Struct, frozen=True, kw_only=True):
    """What its releases say of flaws that are publicly known; others are left where they were found."""

    name: str
    releases: int
    """Looked at."""
    flawed: int
    """Of those, with the flawed code in their files."""
    newest: str
    """The newest of those looked at."""
    state: str
    """Of the newest: the worst status of an audit."""
    advisories: tuple[str, ...]


class Kill(Struct, frozen=True, kw_only=True):
    """The survey was killed with all it had started, and begun again."""

    finished: int
    """Targets whose answers were there."""
    left: int
    """Processes that went on: must be none."""
    changed: int
    """Answers that were there and are not as they were: must be none."""
    twice: int
    """Targets that were finished twice: must be none."""


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    workers: int
    seconds: float
    """Of wall-clock time, both parts together."""
    tables_s: float
    """Of it, after the last target was finished."""
    peak_bytes: int
    """Most memory of all processes together: proportional set sizes, looked at once a second."""
    driver_peak_bytes: int
    """Of it, of the process that hands targets out."""
    downloads_peak_bytes: int
    """Most that lay in the folder of downloads, looked at once a second."""
    output_bytes: int
    """Of the folder, with tables and page."""
    exit_code: int
    kill: Kill
    targets: tuple[Target, ...]
    packages: tuple[Package, ...]
    without: int
    """Packages of which no flaw is publicly known."""


def read(path: Path = COMMITTED) -> Run:
    """A run read back."""
    return kept.read(path, Run)


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
