"""Loads beside one that was fixed: the same channel, or the same class, on another way."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.finding import Finding
from gnomon.core.incomplete import Incomplete, IncompleteKind
from gnomon.core.site import CodeSite

_LESS_TELLING: frozenset[IncompleteKind | None] = frozenset({None, "gated", "in-name-only"})
"""What a fixed sibling says more than."""


class Restricted(Struct, frozen=True):
    """A load that an exact allow-list makes harmless."""

    site: CodeSite
    qualname: str
    unpickler: str


def compared(findings: Iterable[Finding], restricted: Iterable[Restricted]) -> Iterator[Finding]:
    """The findings, those with a fixed sibling saying so."""
    every = list(findings)
    verified = {key: finding for finding in every if _is_fixed(finding) for key in _channel(finding)}
    listed = {(entry.site.path, _owner(entry.qualname)): entry for entry in restricted}
    for finding in every:
        told = None
        if finding.incomplete is None or finding.incomplete.kind in _LESS_TELLING:
            told = _beside(finding, verified, listed)
        yield replace(finding, incomplete=told) if told is not None else finding


def _beside(
    finding: Finding, verified: dict[tuple[str, int, int], Finding], listed: dict[tuple[str, str], Restricted]
) -> Incomplete | None:
    endpoint = finding.endpoint
    if endpoint is None or endpoint.effective or endpoint.authentication != "none":
        return None
    fixed = next((verified[key] for key in _channel(finding) if key in verified), None)
    if fixed is not None and isinstance(fixed.site, CodeSite):
        what = f"`{fixed.qualname}` verifies what comes through the same channel, and this call does not"
        return Incomplete(kind="one-path", what=what, site=fixed.site)
    entry = listed.get((finding.site.path, _owner(finding.qualname)))
    if entry is not None:
        what = f"`{entry.qualname}` loads with the exact list of `{entry.unpickler}`, and this call does not"
        return Incomplete(kind="one-path", what=what, site=entry.site)
    return None


def _is_fixed(finding: Finding) -> bool:
    return finding.endpoint is not None and finding.endpoint.effective


def _channel(finding: Finding) -> Iterator[tuple[str, int, int]]:
    """Where the channel is bound or connected."""
    for entry in finding.endpoint.evidence if finding.endpoint is not None else ():
        if entry.claim == "role" and entry.site is not None:
            yield entry.site.path, entry.site.line, entry.site.span.column


def _owner(qualname: str) -> str:
    """The class that a method belongs to, or the function itself."""
    return qualname.rpartition(".")[0] or qualname
