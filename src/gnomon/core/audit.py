"""What `gnomon audit` answers: for each package and each known flaw, what its version says and what its files say."""

from typing import Literal

from msgspec import Struct

from gnomon.core.advisory import Advisory
from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Remark, Skipped
from gnomon.core.package import Package
from gnomon.core.severity import Severity

VersionState = Literal["affected", "fixed", "before", "unknown"]
"""`before`: older than the first release with the flaw. `unknown`: no version, or none that can be compared."""
CodeState = Literal["present", "mitigated", "absent", "not-looked-at"]
Status = Literal[
    "affected",  # by version, and the flawed code is in the installed files
    "still-flawed",  # the public record calls the release fixed, and the flawed code is there
    "copied",  # no advisory is about the package, and a copy of flawed code is in its files
    "by-version",  # affected by version; no files were looked at
    "mitigated",  # the load is there, and what made it reachable is not
    "code-absent",  # the public record calls the release affected, and the flawed code is not there
    "unknown",  # neither version nor files tell
    "clear",  # not affected
]
FINDINGS: tuple[Status, ...] = ("affected", "still-flawed", "copied", "by-version")
"""What makes the exit code 1."""
Basis = Literal["code", "scan"]


class Sight(Struct, frozen=True, kw_only=True):
    """Flawed code that was seen in a file."""

    path: str
    """Relative to the target."""
    line: int
    qualname: str
    what: str
    """The load as it is called: `pickle.loads`."""
    basis: Basis
    """code: in the place that the advisory names; scan: a finding there, or in a copy of the code."""
    endpoint: Endpoint | None = None
    """What scan says about the channel; None if it was not asked, or has no word."""
    sha256: str = ""
    """Of the file."""


class Examined(Struct, frozen=True, kw_only=True):
    """A file that was looked at for the flaw."""

    path: str
    sha256: str
    unchanged: bool | None = None
    """False if it is not the file that was installed; None if nothing tells."""


class Remedy(Struct, frozen=True, kw_only=True):
    """What to do about it."""

    version: str = ""
    """The nearest release that is good in regard to every advisory known of the package; "" if none is known."""
    note: str
    """What changes with it, or what to do where there is none; no full stop."""


class Verdict(Struct, frozen=True, kw_only=True):
    """One package and one flaw."""

    package: Package
    advisory: Advisory
    status: Status
    severity: Severity
    version: VersionState
    """By the ranges as they were verified."""
    record: VersionState
    """By the public record."""
    code: CodeState
    reason: str
    """Why this status, in a sentence without a full stop; may hold untrusted text."""
    sights: tuple[Sight, ...] = ()
    examined: tuple[Examined, ...] = ()
    remedy: Remedy | None = None


class DataSource(Struct, frozen=True, kw_only=True):
    """A set of advisories that was asked."""

    name: str
    records: int
    version: str
    date: str
    """ISO 8601 day; "" if it is not known."""
    age_days: int | None
    stale: str = ""
    """Why it is too old to rely on; "" if it is not."""


class Audited(Struct, frozen=True, kw_only=True):
    """The answer about one target."""

    target: str
    kind: str
    """`environment`, `requirements.txt`, `CycloneDX 1.6` …"""
    packages: tuple[Package, ...]
    verdicts: tuple[Verdict, ...]
    """Worst first; clear ones are counted only."""
    clear: int
    """Pairs of a package and an advisory that do not concern one another."""
    sources: tuple[DataSource, ...]
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()
    files: int = 0
    """Python files that were looked at."""
    digest: str = ""
