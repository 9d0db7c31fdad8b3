"""Whether a change did what it was offered for: the target scanned before it and after it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from gnomon.core.finding import Finding, Skipped
from gnomon.core.patch import Offer
from gnomon.core.severity import Severity

_Place = tuple[str, str, str]
NARROWING = ("endpoint", "deployment")
"""Recipes that change who can reach a load, and leave the load."""
_ORDER = list(Severity)


def shortfalls(
    offers: Sequence[Offer], before: Iterable[Finding | Skipped], after: Iterable[Finding | Skipped]
) -> tuple[str, ...]:
    """Why the offers, applied together, don't hold: clauses; none if they do.

    A finding has to be gone, or a note: what authenticates is effective then. Where a change was suggested it may also
    have become milder, and where an address was narrowed that has to be seen. Nothing may come that was not there, and
    no file may stop being analysed.
    """
    old, new = list(before), list(after)
    fixed = Counter(_place(finding) for offer in offers for finding in offer.findings)
    had, has = _by_place(old), _by_place(new)
    milder = {_place(finding) for offer in offers if offer.standing == "suggested" for finding in offer.findings}
    narrower = {_place(finding) for offer in offers if offer.recipe in NARROWING for finding in offer.findings}
    problems: list[str] = []
    for place, findings in has.items():
        expected = len(had.get(place, ())) - fixed[place]
        if place in narrower and _is_narrower(findings, had.get(place, [])):
            continue
        if len(findings) <= expected or (place in milder and _is_milder(findings, had.get(place, []))):
            continue
        site = findings[0].site
        what = "is still there" if fixed[place] else "is new"
        problems.append(f"scanned after the change, {findings[0].rule} at {site.path}:{site.line} {what}")
    unread = {(entry.path, entry.reason) for entry in old if isinstance(entry, Skipped)}
    problems += (
        f"scanned after the change, {entry.path} could not be analysed: {entry.reason}"
        for entry in new
        if isinstance(entry, Skipped) and (entry.path, entry.reason) not in unread
    )
    return tuple(problems)


def _place(finding: Finding) -> _Place:
    """What stays when lines move and code in a function changes."""
    return finding.rule, finding.site.path, finding.qualname


def _by_place(results: Iterable[Finding | Skipped]) -> dict[_Place, list[Finding]]:
    found: dict[_Place, list[Finding]] = {}
    for result in results:
        if isinstance(result, Finding) and result.severity is not Severity.NOTE:
            found.setdefault(_place(result), []).append(result)
    return found


def _is_milder(now: list[Finding], then: list[Finding]) -> bool:
    """True if there are no more of them, and they are less severe together."""
    return len(now) <= len(then) and sum(map(_rank, now)) > sum(map(_rank, then))


def _is_narrower(now: list[Finding], then: list[Finding]) -> bool:
    """True if nothing got worse and an endpoint is another one: a default that is narrow may still be set wide."""
    no_worse = len(now) <= len(then) and sum(map(_rank, now)) >= sum(map(_rank, then))
    return no_worse and {each.endpoint for each in now} != {each.endpoint for each in then}


def _rank(finding: Finding) -> int:
    return _ORDER.index(finding.severity)
