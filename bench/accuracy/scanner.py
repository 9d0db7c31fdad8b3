"""What `gnomon scan` says about an archive or folder: its own JSON, from its own process."""

import subprocess
import sys
import time
from pathlib import Path

import msgspec
from msgspec import Struct

GNOMON = (sys.executable, "-P", "-m", "gnomon")  # -P: never import from the current folder, which may be a scanned one
FINDINGS_EXIT_CODES = (0, 1, 4)  # clean, findings, incomplete: all of them print a report


class ScanFailed(Exception):
    """The command ended without a report."""


class Place(Struct, frozen=True, kw_only=True):
    """A step of a flow."""

    path: str
    line: int


class Source(Struct, frozen=True, kw_only=True):
    """Where the tool says the bytes come in."""

    kind: str
    path: str | None = None
    line: int | None = None


class Endpoint(Struct, frozen=True, kw_only=True):
    """Who the tool says can reach the source, and what authenticates them."""

    role: str
    transport: str
    address: str
    reach: str
    authentication: str
    effective: bool


class Finding(Struct, frozen=True, kw_only=True):
    """The part of a finding that is scored."""

    rule: str
    severity: str
    confidence: str
    message: str
    path: str
    line: int
    qualname: str
    sink: str
    source: Source
    endpoint: Endpoint | None
    flow: tuple[Place, ...]
    fingerprint: str = ""

    @property
    def serious(self) -> bool:
        """True for what a user must act on."""
        return self.severity in ("critical", "high")


class Skipped(Struct, frozen=True, kw_only=True):
    """Something the tool could not look at."""

    path: str
    reason: str


class Scan(Struct, frozen=True, kw_only=True):
    """One report."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    seconds: float = 0.0
    """Wall time of the whole process; read from outside, not from the report."""


def command(target: Path, *options: str) -> list[str]:
    """The command line that is run and timed."""
    return [*GNOMON, "scan", str(target), "--no-cache", *options]


def scan(target: Path, *options: str, timeout_s: float = 600) -> Scan:
    """The report on a target. Raises ScanFailed if there is none."""
    started = time.perf_counter()
    try:
        done = subprocess.run(
            command(target, *options, "--format", "json"), capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ScanFailed(f"no answer within {timeout_s:.0f} s") from error
    if done.returncode not in FINDINGS_EXIT_CODES:
        raise ScanFailed(f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
    try:
        report = msgspec.json.decode(done.stdout, type=Scan)
    except msgspec.DecodeError as error:
        raise ScanFailed(f"not a report: {error}; {done.stderr.decode(errors='replace')[-300:]}") from error
    return msgspec.structs.replace(report, seconds=round(time.perf_counter() - started, 3))


def version() -> str:
    """What `gnomon --version` prints."""
    done = subprocess.run([*GNOMON, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
