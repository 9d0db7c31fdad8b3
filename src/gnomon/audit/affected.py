"""A version and an advisory's ranges -> whether the version has the flaw (https://ossf.github.io/osv-schema/#evaluation)."""

from collections.abc import Iterable

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from gnomon.core.advisory import AffectedPackage, Range
from gnomon.core.audit import VersionState

_BEGINNING = "0"
LONGEST_VERSION = 200
"""Characters: what is longer is no version, and would take long to compare."""


def version_of(text: str) -> Version | None:
    """The version without its local part (`+cu121` is another build of the same code); None if it is none."""
    if not text or len(text) > LONGEST_VERSION:
        return None
    try:
        return Version(Version(text).public)
    except (InvalidVersion, ValueError):  # ValueError: more digits than Python turns into a number
        return None


def state_of(text: str, ranges: Iterable[Range], versions: Iterable[str] = ()) -> VersionState:
    """What ranges say of a version; `unknown` if it is none, or if there is nothing to compare it with."""
    version = version_of(text)
    entries = tuple(ranges)
    singles = frozenset(versions)
    if version is None:
        return "affected" if text and text in singles else "unknown"
    if text in singles or any(version == version_of(single) for single in singles):
        return "affected"
    if not entries:
        return "fixed" if singles else "unknown"
    states = [_in_range(version, entry) for entry in entries]
    order: tuple[VersionState, ...] = ("affected", "unknown", "fixed")
    return next((state for state in order if state in states), "before")


def affected_by(text: str, entry: AffectedPackage) -> VersionState:
    """What an entry of an advisory says of a version."""
    return state_of(text, entry.ranges, entry.versions)


def may_be_affected(allows: str, entry: AffectedPackage) -> bool:
    """True unless a requirement rules out every release that is known to be affected."""
    try:
        allowed = SpecifierSet(allows)
    except InvalidSpecifier:
        return True
    known = [*entry.versions]
    for each in entry.ranges:
        known += (each.introduced, each.last)
    versions = [version for text in known if text != _BEGINNING and (version := version_of(text)) is not None]
    if not versions or any(each.introduced == _BEGINNING for each in entry.ranges):
        return _may_be_before(allowed, entry)
    return any(allowed.contains(version, prereleases=True) for version in versions) or _may_be_before(allowed, entry)


def _may_be_before(allowed: SpecifierSet, entry: AffectedPackage) -> bool:
    """True unless the lower bounds of what is allowed exclude every release before the repair."""
    floors = [
        version
        for part in allowed
        if part.operator in (">=", ">", "~=", "==") and (version := version_of(part.version.removesuffix(".*")))
    ]
    if not floors:
        return True
    floor = max(floors)
    return any(_in_range(floor, each) in ("affected", "before", "unknown") for each in entry.ranges)


def _in_range(version: Version, entry: Range) -> VersionState:
    first = version_of(entry.introduced)
    if first is None:
        return "unknown"
    if entry.introduced != _BEGINNING and version < first:
        return "before"
    if entry.fixed:
        end = version_of(entry.fixed)
        return "unknown" if end is None else "affected" if version < end else "fixed"
    if entry.last:
        end = version_of(entry.last)
        return "unknown" if end is None else "affected" if version <= end else "fixed"
    return "affected"
