"""Which findings are known already: those of a former report, by fingerprint."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from gnomon.core.finding import Finding


class Baseline(Struct, frozen=True, kw_only=True):
    """The findings of a former run."""

    name: str
    """The file, as the user named it."""
    known: Mapping[str, int]
    """Fingerprint -> how many findings had it: calls that read alike share one."""


class Known:
    """What is left of a baseline while the findings of a run, on however many targets, are held against it."""

    def __init__(self, baseline: Baseline) -> None:
        self.name = baseline.name
        self._left: Counter[str] = Counter(baseline.known)

    def takes(self, finding: Finding) -> bool:
        """True if the baseline has the finding; each of its entries answers for one."""
        if self._left[finding.fingerprint] <= 0:
            return False
        self._left[finding.fingerprint] -= 1
        return True

    @property
    def gone(self) -> int:
        """How many entries no finding has answered to."""
        return sum(count for count in self._left.values() if count > 0)
