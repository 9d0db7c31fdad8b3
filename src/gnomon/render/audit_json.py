"""What `gnomon audit` found as JSON: schema 1, apart from gnomon's own values.

The structs below *are* the format: a field may be added to them within schema 1, none is renamed, retyped or removed.
"""

from msgspec import Struct
from msgspec.structs import asdict

from gnomon.core.audit import Audited, Sight, Verdict
from gnomon.core.package import Package
from gnomon.render.audit_outcome import AuditOutcome
from gnomon.render.document import encoded
from gnomon.render.outcome import Document


class JsonTool(Struct, frozen=True, kw_only=True):
    """What made the answer."""

    name: str
    version: str


class JsonSource(Struct, frozen=True, kw_only=True):
    """A set of advisories that was asked."""

    name: str
    records: int
    version: str
    date: str | None
    age_days: int | None
    stale: str | None


class JsonPackage(Struct, frozen=True, kw_only=True):
    """A package of the target."""

    name: str
    version: str | None
    purl: str
    naming: str
    """`installed`, `archive`, `locked`, `required` or `listed`."""
    where: str
    allows: str | None
    """What a requirement allows, if that is not one version."""


class JsonSight(Struct, frozen=True, kw_only=True):
    """Flawed code that was seen."""

    path: str
    line: int
    qualname: str
    what: str
    basis: str
    """`code`: the place that the advisory names; `scan`: scan has found it too."""
    sha256: str
    address: str | None
    reach: str | None
    authentication: str | None
    effective: bool | None


class JsonExamined(Struct, frozen=True, kw_only=True):
    """A file that was looked at."""

    path: str
    sha256: str
    unchanged: bool | None
    """False if it is not the file that was installed; null if nothing tells."""


class JsonRemedy(Struct, frozen=True, kw_only=True):
    """What to do."""

    version: str | None
    note: str


class JsonVerdict(Struct, frozen=True, kw_only=True):
    """A package and an advisory."""

    package: str
    """Its purl."""
    where: str
    advisory: str
    aliases: tuple[str, ...]
    title: str
    status: str
    """`affected`, `still-flawed`, `copied`, `by-version`, `unknown`, `mitigated`, `code-absent` or `clear`."""
    severity: str
    version: str
    """What the verified ranges say: `affected`, `fixed`, `before` or `unknown`."""
    record: str
    """What the public record says."""
    code: str
    """What the files say: `present`, `mitigated`, `absent` or `not-looked-at`."""
    reason: str
    precondition: str | None
    record_wrong: str | None
    sights: tuple[JsonSight, ...]
    examined: tuple[JsonExamined, ...]
    remedy: JsonRemedy | None
    references: tuple[str, ...]
    data: str
    """Which set of advisories it comes from."""


class JsonAuditSkipped(Struct, frozen=True, kw_only=True):
    """What could not be looked at."""

    path: str
    reason: str


class JsonAuditRemark(Struct, frozen=True, kw_only=True):
    """What to know about the run."""

    path: str | None
    note: str


class JsonAuditSummary(Struct, frozen=True, kw_only=True):
    """The answer in numbers."""

    packages: int
    status: dict[str, int]
    files: int
    skipped: int
    complete: bool
    """False if anything was skipped."""
    digest: str | None


class JsonAuditBody(Struct, frozen=True, kw_only=True):
    """The answer about a target."""

    target: str
    kind: str
    summary: JsonAuditSummary
    sources: tuple[JsonSource, ...]
    verdicts: tuple[JsonVerdict, ...]
    packages: tuple[JsonPackage, ...]
    skipped: tuple[JsonAuditSkipped, ...]
    remarks: tuple[JsonAuditRemark, ...]


class JsonAudit(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonTool
    target: str
    kind: str
    summary: JsonAuditSummary
    sources: tuple[JsonSource, ...]
    verdicts: tuple[JsonVerdict, ...]
    packages: tuple[JsonPackage, ...]
    skipped: tuple[JsonAuditSkipped, ...]
    remarks: tuple[JsonAuditRemark, ...]


def write(outcome: AuditOutcome) -> Document:
    """The answer as one object."""
    return Document(data=encoded(audit_of(outcome)))


def audit_of(outcome: AuditOutcome) -> JsonAudit:
    """The document as it is written."""
    tool = JsonTool(name="gnomon", version=outcome.tool_version)
    return JsonAudit(schema=1, tool=tool, **asdict(audit_body(outcome.audited)))


def audit_body(audited: Audited) -> JsonAuditBody:
    """The same without what made it."""
    return JsonAuditBody(
        target=audited.target,
        kind=audited.kind,
        summary=_summary(audited),
        sources=tuple(
            JsonSource(
                name=each.name,
                records=each.records,
                version=each.version,
                date=each.date or None,
                age_days=each.age_days,
                stale=each.stale or None,
            )
            for each in audited.sources
        ),
        verdicts=tuple(map(_verdict, audited.verdicts)),
        packages=tuple(map(_package, audited.packages)),
        skipped=tuple(JsonAuditSkipped(path=each.path, reason=each.reason) for each in audited.skipped),
        remarks=tuple(JsonAuditRemark(path=each.path or None, note=each.note) for each in audited.remarks),
    )


def _summary(audited: Audited) -> JsonAuditSummary:
    found = [each.status for each in audited.verdicts]
    return JsonAuditSummary(
        packages=len(audited.packages),
        status={status: found.count(status) for status in dict.fromkeys(found)},
        files=audited.files,
        skipped=len(audited.skipped),
        complete=not audited.skipped,
        digest=audited.digest or None,
    )


def _package(package: Package) -> JsonPackage:
    return JsonPackage(
        name=package.name,
        version=package.version or None,
        purl=str(package.purl),
        naming=package.naming,
        where=package.where,
        allows=package.allows or None,
    )


def _verdict(verdict: Verdict) -> JsonVerdict:
    advisory, remedy = verdict.advisory, verdict.remedy
    return JsonVerdict(
        package=str(verdict.package.purl),
        where=verdict.package.where,
        advisory=advisory.id,
        aliases=advisory.aliases,
        title=advisory.title,
        status=verdict.status,
        severity=verdict.severity.value,
        version=verdict.version,
        record=verdict.record,
        code=verdict.code,
        reason=verdict.reason,
        precondition=advisory.precondition or None,
        record_wrong=advisory.record.wrong or None,
        sights=tuple(map(_sight, verdict.sights)),
        examined=tuple(
            JsonExamined(path=each.path, sha256=each.sha256, unchanged=each.unchanged) for each in verdict.examined
        ),
        remedy=JsonRemedy(version=remedy.version or None, note=remedy.note) if remedy is not None else None,
        references=advisory.references,
        data=advisory.data or "gnomon",
    )


def _sight(sight: Sight) -> JsonSight:
    endpoint = sight.endpoint
    return JsonSight(
        path=sight.path,
        line=sight.line,
        qualname=sight.qualname,
        what=sight.what,
        basis=sight.basis,
        sha256=sight.sha256,
        address=endpoint.address if endpoint is not None else None,
        reach=endpoint.reach if endpoint is not None else None,
        authentication=endpoint.authentication if endpoint is not None else None,
        effective=endpoint.effective if endpoint is not None else None,
    )
