"""The nearest release without the flaws known of a package, and what changes with it."""

from collections.abc import Sequence

from packaging.version import Version

from gnomon.audit.affected import affected_by, version_of
from gnomon.audit.verdicts import Match
from gnomon.core.audit import FINDINGS, Remedy, Verdict

_LISTED = 6
"""Ids that are named; the others are counted."""


def remedy(verdict: Verdict, matches: Sequence[Match], all_of_it: Sequence[Verdict]) -> Remedy | None:
    """What to do about a verdict; `matches` are the advisories known of its package, `all_of_it` its verdicts."""
    if verdict.status not in FINDINGS:
        return None
    mine = next(match for match in matches if match.advisory is verdict.advisory)
    good = _nearest(verdict.package.version, mine, matches)
    if good is None:
        return Remedy(note=_without_release(verdict))
    left = [match.advisory.id for match in matches if _has(match, good)]
    gone = [each.advisory.id for each in all_of_it if each.status in FINDINGS and each.advisory.id not in left]
    note = f"repairs {_listed(gone)}"
    if left:
        note += f"; what stays is {_listed(left)}"
    if good.is_prerelease:
        note += "; it is a pre-release"
    return Remedy(version=str(good), note=note)


def _listed(ids: Sequence[str]) -> str:
    names = sorted(set(ids))
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _nearest(current: str, mine: Match, matches: Sequence[Match]) -> Version | None:
    """The lowest release above that lacks this flaw, and of these the one with the fewest others."""
    now = version_of(current)
    ends = {
        version
        for match in matches
        for each in match.entry.ranges
        if each.fixed and (version := version_of(each.fixed)) is not None
    }
    candidates = sorted(version for version in ends if (now is None or version > now) and not _has(mine, version))
    if not candidates:
        return None
    return min(candidates, key=lambda version: (sum(_has(match, version) for match in matches), version))


def _has(match: Match, version: Version) -> bool:
    return affected_by(str(version), match.entry) == "affected"


def _without_release(verdict: Verdict) -> str:
    advisory = verdict.advisory
    if advisory.precondition:
        return f"no release is known to be without it; it matters only with {advisory.precondition}"
    return (
        "no release is known to be without it: keep the port from everybody else, or hold its loads with `gnomon guard`"
    )
