"""Verdicts as a CycloneDX 1.6 document with vulnerabilities and their analysis: https://cyclonedx.org/docs/1.6/json/."""

import uuid

from msgspec import Struct, field

from gnomon.audit.vex import Statement, VexStatus, statements
from gnomon.core.severity import Severity
from gnomon.render.audit_outcome import AuditOutcome
from gnomon.render.document import encoded
from gnomon.render.escape import visible
from gnomon.render.outcome import Document

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/#gnomon")
_STATE: dict[VexStatus, str] = {
    "affected": "exploitable",
    "not_affected": "not_affected",
    "fixed": "resolved",
    "under_investigation": "in_triage",
}
_JUSTIFICATION = {
    "vulnerable_code_not_present": "code_not_present",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}
_SEVERITY = {Severity.NOTE: "info"}


class _Hash(Struct, frozen=True, kw_only=True):
    alg: str
    content: str


class _Component(Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: str
    name: str
    bom_ref: str = field(name="bom-ref", default="")
    version: str = ""
    purl: str = ""
    hashes: tuple[_Hash, ...] = ()
    components: "tuple[_Component, ...]" = ()


class _Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    url: str = ""


class _Reference(Struct, frozen=True, kw_only=True):
    id: str
    source: _Source


class _Rating(Struct, frozen=True, kw_only=True):
    severity: str
    method: str
    justification: str


class _Analysis(Struct, frozen=True, kw_only=True, omit_defaults=True):
    state: str
    justification: str = ""
    response: tuple[str, ...] = ()
    detail: str = ""


class _Affects(Struct, frozen=True, kw_only=True):
    ref: str


class _Advisory(Struct, frozen=True, kw_only=True):
    url: str


class _Vulnerability(Struct, frozen=True, kw_only=True, omit_defaults=True):
    bom_ref: str = field(name="bom-ref")
    id: str
    source: _Source
    references: tuple[_Reference, ...] = ()
    ratings: tuple[_Rating, ...] = ()
    cwes: tuple[int, ...] = ()
    description: str = ""
    recommendation: str = ""
    advisories: tuple[_Advisory, ...] = ()
    analysis: _Analysis
    affects: tuple[_Affects, ...]


class _Tools(Struct, frozen=True, kw_only=True):
    components: tuple[_Component, ...]


class _Metadata(Struct, frozen=True, kw_only=True):
    timestamp: str
    tools: _Tools


class _Bom(Struct, frozen=True, kw_only=True):
    schema: str = field(name="$schema")
    bom_format: str = field(name="bomFormat")
    spec_version: str = field(name="specVersion")
    serial_number: str = field(name="serialNumber")
    version: int
    metadata: _Metadata
    components: tuple[_Component, ...]
    vulnerabilities: tuple[_Vulnerability, ...]


def write(outcome: AuditOutcome) -> Document:
    """One document, its number the same for the same content at the same time."""
    told = tuple(statements(outcome.audited.verdicts))
    refs = {key: f"{key[0]}#{number}" for number, key in enumerate(dict.fromkeys(map(_key, told)), start=1)}
    components = tuple(_component(ref, [each for each in told if _key(each) == key]) for key, ref in refs.items())
    found = tuple(_vulnerability(each, refs[_key(each)], number) for number, each in enumerate(told, start=1))
    identity = uuid.uuid5(_NAMESPACE, encoded([outcome.time, outcome.audited.target, components, found]).decode())
    bom = _Bom(
        schema="http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format="CycloneDX",
        spec_version="1.6",
        serial_number=f"urn:uuid:{identity}",
        version=1,
        metadata=_Metadata(
            timestamp=outcome.time,
            tools=_Tools(components=(_Component(type="application", name="gnomon", version=outcome.tool_version),)),
        ),
        components=components,
        vulnerabilities=found,
    )
    left = len(outcome.audited.verdicts) - len(told)
    words = "1 verdict by version alone is" if left == 1 else f"{left:,} verdicts by version alone are"
    return Document(data=encoded(bom), left_out=f"{words} not in the document" if left else "")


def _key(each: Statement) -> tuple[str, str]:
    return str(each.verdict.package.purl), each.verdict.package.where


def _component(ref: str, told: list[Statement]) -> _Component:
    package = told[0].verdict.package
    files = {file.path: file.sha256 for each in told for file in each.files}
    return _Component(
        type="library",
        bom_ref=ref,
        name=visible(package.name),
        version=visible(package.version),
        purl=str(package.purl),
        components=tuple(
            _Component(type="file", name=visible(path), hashes=(_Hash(alg="SHA-256", content=digest),))
            for path, digest in sorted(files.items())
        ),
    )


def _vulnerability(each: Statement, ref: str, number: int) -> _Vulnerability:
    verdict = each.verdict
    advisory = verdict.advisory
    return _Vulnerability(
        bom_ref=f"{advisory.id}#{number}",
        id=advisory.id,
        source=_source(advisory.id, advisory.references),
        references=tuple(_Reference(id=alias, source=_source(alias, ())) for alias in advisory.aliases),
        ratings=(
            _Rating(
                severity=_SEVERITY.get(verdict.severity, verdict.severity.value),
                method="other",
                justification="by who can reach the code, as it was read",
            ),
        ),
        cwes=() if advisory.kind in ("other", "network-exposure") else (502,),
        description=visible(advisory.summary or advisory.title),
        recommendation=visible(each.action),
        advisories=tuple(_Advisory(url=url) for url in advisory.references),
        analysis=_Analysis(
            state=_STATE[each.status],
            justification=_JUSTIFICATION.get(each.justification, ""),
            response=("update",) if verdict.remedy is not None and verdict.remedy.version else (),
            detail=visible(each.impact),
        ),
        affects=(_Affects(ref=ref),),
    )


def _source(identity: str, references: tuple[str, ...]) -> _Source:
    names = {"CVE": ("NVD", "https://nvd.nist.gov/vuln/detail/"), "GHSA": ("GitHub", "https://github.com/advisories/")}
    names["PYSEC"] = ("PyPA", "https://osv.dev/vulnerability/")
    known = names.get(identity.partition("-")[0])
    if known is None:
        return _Source(name="issue tracker" if references else "other", url=references[0] if references else "")
    return _Source(name=known[0], url=f"{known[1]}{identity}")
