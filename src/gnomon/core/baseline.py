"""Which findings are known already: those of a former report or of an earlier commit, by fingerprint."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from gnomon.core.finding import Finding, Skipped
from gnomon.core.severity import Severity

_WORST_FIRST = list(Severity)


class Baseline(Struct, frozen=True, kw_only=True):
    """The findings of a former state."""

    place: str
    """Where they are known, for people: `from known.json`, `at 1a2b3c4d5e6f`."""
    known: Mapping[str, tuple[Severity, ...]]
    """Fingerprint -> severity of each finding that had it: calls that read alike share one."""


def baseline_of(place: str, findings: Iterable[tuple[str, Severity]]) -> Baseline:
    """The baseline of findings, given as fingerprint and severity."""
    known: dict[str, list[Severity]] = {}
    for fingerprint, severity in findings:
        known.setdefault(fingerprint, []).append(severity)
    return Baseline(place=place, known={name: tuple(severities) for name, severities in known.items()})


def lost(before: Iterable[Finding], after: Iterable[Finding | Skipped]) -> int:
    """How many of the findings `before` have no counterpart `after`."""
    there = Counter(entry.fingerprint for entry in after if isinstance(entry, Finding))
    return (Counter(finding.fingerprint for finding in before) - there).total()


class Known:
    """What is left of a baseline while the findings of a run, on however many targets, are held against it."""

    def __init__(self, baseline: Baseline) -> None:
        self.place = baseline.place
        self._left = {name: list(severities) for name, severities in baseline.known.items()}
        self._worse: dict[str, int] = {}

    def takes(self, finding: Finding) -> bool:
        """True if the baseline has the finding, and has it as bad; each of its entries answers for one."""
        left = self._left.get(finding.fingerprint, [])
        as_bad = [severity for severity in left if severity.at_least(finding.severity)]
        if not as_bad:
            return False
        left.remove(max(as_bad, key=_WORST_FIRST.index))  # the mildest: another may be needed for a worse finding
        return True

    def milder(self, finding: Finding) -> Severity | None:
        """How bad a finding was that has become worse; None if it is a new one. To be asked once all `takes` are."""
        left = sorted(self._left.get(finding.fingerprint, []), key=_WORST_FIRST.index)
        worse = self._worse.get(finding.fingerprint, 0)
        if worse >= len(left):
            return None
        self._worse[finding.fingerprint] = worse + 1
        return left[worse]

    @property
    def gone(self) -> int:
        """How many entries no finding has answered to, as bad as it was or worse."""
        return sum(max(len(left) - self._worse.get(name, 0), 0) for name, left in self._left.items())
