"""What a run of bench/audit/run.py measured, kept in results/audit.json."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "audit.json"

Said = Literal["affected", "not affected", "no record"]


class Judged(Struct, frozen=True, kw_only=True):
    """One labelled release and one advisory."""

    advisory: str
    label: str
    gnomon: str
    """The status that it gave."""
    dump: Said
    """What the versions of the record in the dump say."""


class Release(Struct, frozen=True, kw_only=True):
    """A labelled release."""

    package: str
    version: str
    file: str
    sha256: str
    judged: tuple[Judged, ...]
    seconds_cold: float
    seconds_warm: float
    pip_audit: str
    """What it printed about the release, in a line."""
    pip_audit_code: int


class Environment(Struct, frozen=True, kw_only=True):
    """An environment that was timed."""

    packages: int
    files: int
    flawed: tuple[str, ...]
    """Packages in it that have a known flaw."""
    findings: int
    seconds_cold: float
    seconds_warm: tuple[float, ...]
    """One a run, whole processes."""


class Run(Struct, frozen=True, kw_only=True):
    """The whole of it."""

    machine: Machine
    gnomon: str
    advisories: int
    verified: int
    looks: int
    """Releases that advisories were held against, once for each advisory."""
    pip_audit_version: str
    dump: str
    """What was imported."""
    dump_records: int
    releases: tuple[Release, ...]
    environment: Environment | None


def read(path: Path = COMMITTED) -> Run:
    """The kept results."""
    return kept.read(path, Run)


def write(run: Run, path: Path) -> None:
    """Keeps them."""
    kept.write(run, path)
