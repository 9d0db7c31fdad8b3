"""What a run of bench/fix/run.py found, kept in results/fix.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "fix.json"


class Talk(Struct, frozen=True, kw_only=True):
    """A program's requests, and what came of a stranger's marker in between."""

    asked: int
    """Requests before the stranger came, and as many after it."""
    right_before: int = 0
    fired: bool = False
    right_after: int = 0
    failed: str = ""
    """What ended it early."""

    @property
    def works(self) -> bool:
        """True if all requests before the stranger were answered rightly."""
        return self.right_before == self.asked


class TripRow(Struct, frozen=True, kw_only=True):
    """A round trip over real sockets with the files as released, and as they are patched."""

    program: str
    style: str
    way: str
    stubbed: str = ""
    before: Talk | None = None
    after: Talk | None = None
    """None if the release was not patched here."""
    skipped: str = ""


class Style(Struct, frozen=True, kw_only=True):
    """What one style offers for a release."""

    style: str
    automatic: int
    suggested: int
    impossible: int
    """Findings, by the standing of their offer."""
    reasons: tuple[tuple[str, int], ...] = ()
    """Why findings are no more than suggested, or impossible; without places. The most frequent first."""
    applied: int = 0
    """Findings that --write --unsafe removed."""
    left: int = 0
    """Of these, those that `gnomon scan` still shows in the patched copy, at more than a note."""
    brought: int = 0
    """Findings that the patched copy has and the release has not."""
    unparsed: int = 0
    """Files that do not parse any more."""
    changed: int = 0
    """Files that were there before."""
    added: int = 0
    """New files."""
    strays: int = 0
    """Changed lines that no offer names, or that differ in white space alone."""
    seconds: float = 0
    """The whole command with --write, as a person waits for it."""
    error: str = ""


class Tests(Struct, frozen=True, kw_only=True):
    """A release's own tests, with its files as released and as patched."""

    style: str
    command: str
    passed_before: int
    failed_before: int
    passed_after: int | None = None
    failed_after: int | None = None
    differ: tuple[str, ...] = ()
    """Tests whose outcome is another one after the patch."""


class Release(Struct, frozen=True, kw_only=True):
    """A release."""

    package: str
    version: str
    file: str
    labelled: bool
    styles: tuple[Style, ...]
    tests: tuple[Tests, ...] = ()
    """Its own."""
    trips: tuple[TripRow, ...] = ()


class Toy(Struct, frozen=True, kw_only=True):
    """The toy server, in a copy."""

    findings_before: int
    findings_after: int
    seconds: tuple[float, ...]
    """One a run of `gnomon fix --write`, whole processes."""
    served: bool
    """The client of the last copy got its answers from the server."""


class Run(Struct, frozen=True, kw_only=True):
    """The whole of it."""

    machine: Machine
    versions: dict[str, str]
    toy: Toy | None
    releases: tuple[Release, ...]


def read(path: Path = COMMITTED) -> Run:
    """The kept results."""
    return kept.read(path, Run)


def write(run: Run, path: Path) -> None:
    """Keeps them."""
    kept.write(run, path)
