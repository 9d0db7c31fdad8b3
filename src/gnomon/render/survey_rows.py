"""Documents of a survey -> rows of its tables: schema 1, like the documents.

Each struct is a table, and each of its fields a column; the docstrings are the description of both (docs/survey.md).
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import TypedDict

import msgspec
from msgspec import Struct

from gnomon.core.audit import FINDINGS
from gnomon.core.lineage import UNSAFE
from gnomon.core.severity import Severity
from gnomon.render.survey_json import JsonSurveyed
from gnomon.trace.held import Held, Part

_DIGEST_BYTES = 16
_HASH_BYTES = 8


class Row(Struct, frozen=True, kw_only=True):
    """What every table begins with."""

    target: str
    project: str
    label: str
    date: str | None


class TargetRow(Row, frozen=True, kw_only=True):
    """A target."""

    key: str
    """Name of its files in `targets` and `parts`."""
    name: str
    basis: str | None
    digest: str | None
    status: str
    problem: str | None
    files: int
    functions: int
    lines: int
    bytes: int
    findings: int
    worst: str | None
    """The severity of the worst finding."""
    critical: int
    high: int
    medium: int
    low: int
    note: int
    copies: int
    unsafe_copies: int
    advisories: int
    """That the release is affected by, as its files tell."""
    skipped: int


class FindingRow(Row, frozen=True, kw_only=True):
    """What scan found."""

    number: int
    """From 1, the worst of a target first."""
    rule: str
    severity: str
    confidence: str
    message: str
    path: str
    line: int
    column: int
    qualname: str
    sink: str
    source: str
    role: str | None
    transport: str | None
    address: str | None
    reach: str | None
    authentication: str | None
    effective: bool | None
    advisories: tuple[str, ...]
    copied_from: str | None
    fingerprint: str
    code: str


class CopyRow(Row, frozen=True, kw_only=True):
    """What trace found."""

    number: int
    signature: str
    origin: str
    is_origin: bool
    advisories: tuple[str, ...]
    path: str
    line: int
    end_line: int
    qualname: str
    shared: int
    of: int
    similarity: float
    state: str
    reason: str
    said: str | None
    """The comment that says where it was taken from."""
    said_project: str | None


class PackageRow(Row, frozen=True, kw_only=True):
    """A package of a target and an advisory; a package without any has one row, too."""

    number: int
    package: str | None
    version: str | None
    purl: str
    advisory: str | None = None
    aliases: tuple[str, ...] = ()
    status: str | None = None
    severity: str | None = None
    by_version: str | None = None
    record: str | None = None
    code: str | None = None
    reason: str | None = None
    remedy: str | None = None
    """The nearest release without the flaw."""


class FunctionRow(Row, frozen=True, kw_only=True):
    """A function that holds a sink or is flawed; with --all-functions any."""

    number: int
    path: str
    """Without the folder that a source release lies in."""
    qualname: str
    line: int
    end_line: int
    body: str
    """The same for functions with the same shingles: 32 hexadecimal digits."""
    shingles: tuple[int, ...]
    """In order."""
    loads: tuple[str, ...]
    state: str | None
    """Of a sighting: what trace says of it."""
    severity: str | None
    reach: str | None
    authentication: str | None
    effective: bool
    fingerprint: str | None
    signature: str | None


class SkippedRow(Row, frozen=True, kw_only=True):
    """What could not be looked at."""

    number: int
    verb: str
    path: str
    reason: str


class FailureRow(Row, frozen=True, kw_only=True):
    """A target that could not be read."""

    name: str
    problem: str
    remedy: str | None
    passing: bool


TABLES: dict[str, type[Row]] = {
    "targets": TargetRow,
    "findings": FindingRow,
    "copies": CopyRow,
    "packages": PackageRow,
    "functions": FunctionRow,
    "skipped": SkippedRow,
    "failures": FailureRow,
}


def parsed(document: bytes) -> JsonSurveyed:
    """The document as values. Raises msgspec.MsgspecError if it is none of schema 1."""
    return msgspec.json.decode(document, type=JsonSurveyed)


def rows(key: str, document: JsonSurveyed, part: bytes) -> Iterator[tuple[str, Row]]:
    """The rows of a target, each with the name of its table; those of a table in order."""
    yield "targets", _target(key, document)
    if document.status == "failed":
        failure = FailureRow(
            **_begin(document),
            name=document.name,
            problem=document.problem or "",
            remedy=document.remedy,
            passing=document.passing,
        )
        yield "failures", failure
    yield from (("findings", row) for row in _findings(document))
    yield from (("copies", row) for row in _copies(document))
    yield from (("packages", row) for row in _packages(document))
    yield from (("skipped", row) for row in _skipped(document))
    if part:
        held = msgspec.msgpack.decode(part, type=Part).held
        yield from (("functions", _function(document, number, each)) for number, each in enumerate(held, 1))


class _Begin(TypedDict):
    target: str
    project: str
    label: str
    date: str | None


def _begin(document: JsonSurveyed) -> _Begin:
    return {"target": document.target, "project": document.project, "label": document.label, "date": document.date}


def _target(key: str, document: JsonSurveyed) -> TargetRow:
    scan, trace, audit = document.scan, document.trace, document.audit
    counts = {each.value: scan.summary.severity[each.value] if scan else 0 for each in Severity}
    return TargetRow(
        **_begin(document),
        key=key,
        name=document.name,
        basis=document.basis,
        digest=document.digest,
        status=document.status,
        problem=document.problem,
        files=document.files,
        functions=document.functions,
        lines=document.lines,
        bytes=document.bytes,
        findings=sum(counts.values()),
        worst=next((name for name, count in counts.items() if count), None),
        critical=counts["critical"],
        high=counts["high"],
        medium=counts["medium"],
        low=counts["low"],
        note=counts["note"],
        copies=len(trace.copies) if trace else 0,
        unsafe_copies=sum(each.state in UNSAFE for each in trace.copies) if trace else 0,
        advisories=len({each.advisory for each in audit.verdicts if each.status in FINDINGS}) if audit else 0,
        skipped=sum(1 for _ in _skipped(document)),
    )


def _findings(document: JsonSurveyed) -> Iterator[FindingRow]:
    for number, each in enumerate(document.scan.findings if document.scan else (), 1):
        end = each.endpoint
        yield FindingRow(
            **_begin(document),
            number=number,
            rule=each.rule,
            severity=each.severity,
            confidence=each.confidence,
            message=each.message,
            path=each.path,
            line=each.line,
            column=each.column,
            qualname=each.qualname,
            sink=each.sink,
            source=each.source.kind,
            role=end.role if end else None,
            transport=end.transport if end else None,
            address=end.address if end else None,
            reach=end.reach if end else None,
            authentication=end.authentication if end else None,
            effective=end.effective if end else None,
            advisories=each.advisories,
            copied_from=each.copied_from.origin if each.copied_from else None,
            fingerprint=each.fingerprint,
            code=each.code,
        )


def _copies(document: JsonSurveyed) -> Iterator[CopyRow]:
    for number, each in enumerate(document.trace.copies if document.trace else (), 1):
        yield CopyRow(
            **_begin(document),
            number=number,
            signature=each.signature,
            origin=each.origin,
            is_origin=each.is_origin,
            advisories=each.advisories,
            path=each.path,
            line=each.line,
            end_line=each.end_line,
            qualname=each.qualname,
            shared=each.shared,
            of=each.of,
            similarity=each.similarity,
            state=each.state,
            reason=each.reason,
            said=each.attribution.text if each.attribution else None,
            said_project=each.attribution.project if each.attribution else None,
        )


def _packages(document: JsonSurveyed) -> Iterator[PackageRow]:
    if document.audit is None:
        return
    by_purl = {package.purl: package for package in document.audit.packages}
    told = {verdict.package for verdict in document.audit.verdicts}
    others = [package for package in by_purl.values() if package.purl not in told]
    for number, verdict in enumerate(document.audit.verdicts, 1):
        about = by_purl.get(verdict.package)
        yield PackageRow(
            **_begin(document),
            number=number,
            package=about.name if about else None,
            version=about.version if about else None,
            purl=verdict.package,
            advisory=verdict.advisory,
            aliases=verdict.aliases,
            status=verdict.status,
            severity=verdict.severity,
            by_version=verdict.version,
            record=verdict.record,
            code=verdict.code,
            reason=verdict.reason,
            remedy=verdict.remedy.version if verdict.remedy else None,
        )
    for number, package in enumerate(others, len(document.audit.verdicts) + 1):
        yield PackageRow(
            **_begin(document), number=number, package=package.name, version=package.version, purl=package.purl
        )


def _skipped(document: JsonSurveyed) -> Iterator[SkippedRow]:
    number = 0
    for verb, answer in (("scan", document.scan), ("trace", document.trace), ("audit", document.audit)):
        for each in answer.skipped if answer is not None else ():
            number += 1
            yield SkippedRow(**_begin(document), number=number, verb=verb, path=each.path, reason=each.reason)


def _function(document: JsonSurveyed, number: int, held: Held) -> FunctionRow:
    shingles = tuple(sorted(held.unit.shingles))
    return FunctionRow(
        **_begin(document),
        number=number,
        path=held.path,
        qualname=held.unit.qualname,
        line=held.unit.line,
        end_line=held.unit.end_line,
        body=body_of(shingles),
        shingles=shingles,
        loads=tuple(dict.fromkeys(load.api for load in held.unit.loads)),
        state=held.sighting.state if held.sighting else None,
        severity=held.severity or None,
        reach=held.reach or None,
        authentication=held.authentication or None,
        effective=held.effective,
        fingerprint=held.fingerprint or None,
        signature=(held.sighting.signature or None) if held.sighting else None,
    )


def body_of(shingles: tuple[int, ...]) -> str:
    """The same for the same shingles, which are in order: 32 hexadecimal digits."""
    packed = b"".join(shingle.to_bytes(_HASH_BYTES, "little") for shingle in shingles)
    return blake2b(packed, digest_size=_DIGEST_BYTES).hexdigest()
