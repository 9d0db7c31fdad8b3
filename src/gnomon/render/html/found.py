"""Every finding of the page with the place it is told at, the worst first."""

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.severity import Severity
from gnomon.render.html.contents import Contents
from gnomon.render.json import JsonFinding

_FINGERPRINT = re.compile(r"[0-9a-f]{8,64}")
_ORDER = {severity.value: rank for rank, severity in enumerate(Severity)}


class Found(Struct, frozen=True):
    """A finding, the target that it is in, and its place on the page."""

    of: str
    finding: JsonFinding
    id: str
    """`f-<fingerprint>`; what was found in several targets has `-2`, `-3` behind it from the second on."""

    @property
    def open_to_all(self) -> bool:
        """True if any host can have a say in what is loaded, and nothing effective stands before the load."""
        endpoint = self.finding.endpoint
        if endpoint is None or endpoint.effective or self.finding.severity == Severity.NOTE:
            return False
        return endpoint.reach == "any-host" or endpoint.peer_chosen_by_request


def found(contents: Contents) -> tuple[Found, ...]:
    """The findings of all scans and probes, the worst first; equally bad ones stay in their order."""
    return tuple(sorted(_each(contents), key=lambda each: _ORDER.get(each.finding.severity, len(_ORDER))))


def _each(contents: Contents) -> Iterator[Found]:
    seen: Counter[str] = Counter()
    for document in contents.answers:
        for finding in document.findings:
            fingerprint = finding.fingerprint if _FINGERPRINT.fullmatch(finding.fingerprint) else "none"
            seen[fingerprint] += 1
            again = f"-{seen[fingerprint]}" if seen[fingerprint] > 1 else ""
            yield Found(document.target, finding, f"f-{fingerprint}{again}")
