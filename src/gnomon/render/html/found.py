"""Every finding of the page with the place it is told at, the worst first."""

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.severity import Severity
from gnomon.render.html.contents import Contents
from gnomon.render.json import JsonFinding

_FINGERPRINT = re.compile(r"[0-9a-f]{8,64}")
_RELEASE_FOLDER = re.compile(r"^[^/]+-v?\d[^/]*/")
"""What a source release lies in: `vllm-0.8.4/`."""
_ORDER = {severity.value: rank for rank, severity in enumerate(Severity)}


class Found(Struct, frozen=True):
    """A finding, the target that it is in, and its place on the page."""

    of: str
    finding: JsonFinding
    id: str
    """`f-<fingerprint>`; other findings of the same fingerprint have `-2`, `-3` behind it."""
    also: tuple[tuple[str, int], ...] = ()
    """Targets that have the same in the same file too, such as other releases of a project, and the line there."""

    @property
    def targets(self) -> tuple[str, ...]:
        """All that have it."""
        return (self.of, *(of for of, _ in self.also))

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
    """Each finding once, whatever number of targets it was found in."""
    groups: dict[tuple[object, ...], list[tuple[str, JsonFinding]]] = {}
    for document in contents.answers:
        times: Counter[tuple[object, ...]] = Counter()
        for finding in document.findings:
            key = _identity(document.target, finding)
            times[key] += 1
            groups.setdefault((*key, times[key]), []).append((document.target, finding))
    seen: Counter[str] = Counter()
    for (of, finding), *others in groups.values():
        fingerprint = finding.fingerprint if _FINGERPRINT.fullmatch(finding.fingerprint) else "none"
        seen[fingerprint] += 1
        again = f"-{seen[fingerprint]}" if seen[fingerprint] > 1 else ""
        yield Found(of, finding, f"f-{fingerprint}{again}", tuple((other, each.line) for other, each in others))


def _identity(target: str, finding: JsonFinding) -> tuple[object, ...]:
    """What the same finding in another target has too: a fingerprint says nothing of the file, and copies share it."""
    if not finding.line:  # equal addresses of two hosts are two sockets
        return target, finding.fingerprint, finding.path
    path = _RELEASE_FOLDER.sub("", finding.path, count=1)
    return finding.fingerprint, path, finding.severity, finding.confidence, finding.message
