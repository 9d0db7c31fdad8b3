"""Reads a baseline: a report that an earlier run wrote with `--format json`."""

from pathlib import Path

import msgspec
from msgspec import Struct

from gnomon.core.baseline import Baseline, baseline_of
from gnomon.core.errors import GnomonError
from gnomon.core.severity import Severity

MAX_BYTES = 200_000_000
"""A report of 100,000 findings takes about as much."""
SCHEMA = 1


class _Finding(Struct):
    fingerprint: str
    severity: Severity = Severity.CRITICAL


class _Suppressed(Struct):
    finding: _Finding


class _Report(Struct):
    """What of a report a baseline needs."""

    schema: int
    findings: tuple[_Finding, ...]
    suppressed: tuple[_Suppressed, ...] = ()


def read_baseline(name: str) -> Baseline:
    """The baseline in a file: one report, or the array of reports on several targets. Raises GnomonError."""
    reports = _decoded(name, _read(name))
    known: list[_Finding] = []
    for report in reports:
        if report.schema != SCHEMA:
            raise _refused(name, f"is of schema {report.schema}, and this gnomon reads schema {SCHEMA}")
        # what was known then is known now
        known += (*report.findings, *(suppressed.finding for suppressed in report.suppressed))
    return baseline_of(f"from {name}", ((finding.fingerprint, finding.severity) for finding in known))


def _read(name: str) -> bytes:
    path = Path(name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused(name, f"has more than {MAX_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise _refused(name, f"can't be read ({error.strerror or error})") from None
    except ValueError:
        raise _refused(name, "is no name of a file") from None


def _decoded(name: str, data: bytes) -> list[_Report]:
    try:
        found = msgspec.json.decode(data, type=list[_Report] | _Report)
    except msgspec.ValidationError as error:
        raise _refused(name, f"is no report of gnomon ({error})") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _refused(name, "is not JSON") from None
    return found if isinstance(found, list) else [found]


def _refused(name: str, problem: str) -> GnomonError:
    return GnomonError(f"the baseline {name} {problem}.", remedy="gnomon scan TARGET --format json --output FILE")
