"""What versions say and what files say, joined: a verdict for each package and each advisory about it."""

from collections.abc import Sequence

from msgspec import Struct

from gnomon.audit.affected import affected_by, may_be_affected, state_of, version_of
from gnomon.audit.evidence import Seen
from gnomon.core.advisory import Advisory, AffectedPackage
from gnomon.core.audit import Remedy, Status, Verdict, VersionState
from gnomon.core.endpoint import Endpoint
from gnomon.core.package import Package
from gnomon.core.severity import Severity, severity_of

_NOT: tuple[VersionState, ...] = ("fixed", "before")
_STATED = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.HIGH,
    "MODERATE": Severity.MEDIUM,
    "MEDIUM": Severity.MEDIUM,
    "LOW": Severity.LOW,
}
ORDER: tuple[Status, ...] = (
    "affected",
    "still-flawed",
    "copied",
    "by-version",
    "unknown",
    "mitigated",
    "code-absent",
    "clear",
)


class Match(Struct, frozen=True):
    """An advisory, and its entry about a package."""

    advisory: Advisory
    entry: AffectedPackage


class Known:
    """Advisories by the package that they are about. Of several records of one flaw, the one given first speaks."""

    def __init__(self, advisories: Sequence[Advisory]) -> None:
        self._by_package: dict[str, list[Match]] = {}
        self._by_id = {identity: each for each in reversed(advisories) for identity in each.ids}
        told: dict[tuple[str, str], Advisory] = {}
        for advisory in advisories:
            if advisory.withdrawn:
                continue
            for entry in advisory.affected:
                keys = [(entry.purl, each) for each in sorted(advisory.ids)]
                if any(key in told and told[key] is not advisory for key in keys):
                    continue
                told.update(dict.fromkeys(keys, advisory))
                self._by_package.setdefault(entry.purl, []).append(Match(advisory, entry))

    def named(self, identity: str) -> Advisory | None:
        """The advisory of that id or alias; None if none is known."""
        return self._by_id.get(identity)

    def about(self, package: Package) -> tuple[Match, ...]:
        """What is known of the package, whatever its version."""
        return tuple(self._by_package.get(package.purl.package, ()))


def verdict(package: Package, match: Match, seen: Seen) -> Verdict:
    """The verdict on a package, of which `seen` is what its files say."""
    advisory = match.advisory
    version = affected_by(package.version, match.entry)
    if advisory.verified and not match.entry.ranges and not match.entry.versions:
        version = "before"  # no release has it
    record = state_of(package.version, advisory.record.ranges) if advisory.record.ranges else "unknown"
    if not package.version and package.allows and seen.code == "not-looked-at":
        return _of_requirement(package, match)
    status, reason = _judged(version, record, seen, _why_unknown(package, advisory))
    return Verdict(
        package=package,
        advisory=advisory,
        status=status,
        severity=_severity(status, advisory, seen),
        version=version,
        record=record,
        code=seen.code,
        reason=reason,
        sights=seen.sights,
        examined=seen.examined,
    )


def copied(package: Package, advisory: Advisory, seen: Seen) -> Verdict:
    """The verdict on a package that no advisory is about, and that holds a copy of the code of one."""
    return Verdict(
        package=package,
        advisory=advisory,
        status="copied",
        severity=_severity("copied", advisory, seen),
        version="unknown",
        record="unknown",
        code="present",
        reason=seen.reason,
        sights=seen.sights,
        examined=seen.examined,
        remedy=Remedy(note="no advisory is about this package: hold the code against the repair of its original"),
    )


def _of_requirement(package: Package, match: Match) -> Verdict:
    """On a package of which only what is allowed is known."""
    open_ = may_be_affected(package.allows, match.entry)
    status: Status = "unknown" if open_ else "clear"
    reason = (
        f"{package.allows} allows releases that have the flaw, and no version is pinned"
        if open_
        else f"{package.allows} allows no release that is known to have the flaw"
    )
    return Verdict(
        package=package,
        advisory=match.advisory,
        status=status,
        severity=_severity(status, match.advisory, None),
        version="unknown",
        record="unknown",
        code="not-looked-at",
        reason=reason,
    )


def _why_unknown(package: Package, advisory: Advisory) -> str:
    """Why a version may say nothing."""
    if not package.version:
        return "no version is named"
    if version_of(package.version) is None:
        return f"{package.version[:50]} is no version that can be compared"
    return advisory.unverified or "the advisory names no versions that can be compared"


def _judged(version: VersionState, record: VersionState, seen: Seen, why_unknown: str) -> tuple[Status, str]:
    match seen.code:
        case "present":
            return _present(version, record, seen)
        case "mitigated":
            return "mitigated", seen.reason
        case "absent":
            if "affected" in (version, record):
                who = "the public record calls this release affected" if record == "affected" else "affected by version"
                return "code-absent", f"{who}, and the flawed code is not there: {seen.reason}"
            return "clear", seen.reason
    return _by_version(version, record, seen, why_unknown)


def _present(version: VersionState, record: VersionState, seen: Seen) -> tuple[Status, str]:
    called = record if record in _NOT else version
    if called not in _NOT or (record == "affected" and version in _NOT):
        return "affected", seen.reason
    who = "the public record calls this release" if record in _NOT else "by its version this release is"
    word = "fixed" if called == "fixed" else "too old to have it"
    return "still-flawed", f"{who} {word}, and the flawed code is there: {seen.reason}"


def _by_version(version: VersionState, record: VersionState, seen: Seen, why_unknown: str) -> tuple[Status, str]:
    if version == "affected":
        differs = "; the public record calls it fixed" if record in _NOT else ""
        return "by-version", f"affected by version; not looked at: {seen.reason}{differs}"
    if version == "unknown":
        if record == "affected":
            return "by-version", f"affected by the public record's versions; not looked at: {seen.reason}"
        return "unknown", f"{why_unknown}; not looked at: {seen.reason}"
    word = "older than the flaw" if version == "before" else "fixed"
    return "clear", f"{word} by version; not looked at: {seen.reason}"


def _severity(status: Status, advisory: Advisory, seen: Seen | None) -> Severity:
    """By who can reach it; what scan has read of the installed code counts more than what the advisory says."""
    if status in ("mitigated", "code-absent", "clear"):
        return Severity.NOTE
    found = [severity_of(sight.endpoint) for sight in (seen.sights if seen else ()) if sight.endpoint is not None]
    if found:
        return min(found, key=list(Severity).index)
    if advisory.kind == "other":
        return _STATED.get(advisory.stated.upper(), Severity.HIGH)
    return severity_of(Endpoint(reach=advisory.reach))


def worst_first(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """By status, severity, package, id."""
    order = list(Severity)
    return tuple(
        sorted(
            verdicts,
            key=lambda each: (
                ORDER.index(each.status),
                order.index(each.severity),
                each.package.name,
                each.package.where,
                each.advisory.id,
            ),
        )
    )
