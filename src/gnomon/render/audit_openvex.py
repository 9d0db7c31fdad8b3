"""Verdicts as OpenVEX 0.2.0: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md."""

import uuid
from urllib.parse import quote

from msgspec import Struct, field

from gnomon.audit.vex import Statement, statements
from gnomon.render.audit_outcome import AuditOutcome
from gnomon.render.document import encoded
from gnomon.render.escape import encodable, visible
from gnomon.render.outcome import Document

_CONTEXT = "https://openvex.dev/ns/v0.2.0"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://openvex.dev/ns/v0.2.0#gnomon")


class _Vulnerability(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()


class _Component(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str = field(name="@id")
    identifiers: dict[str, str] = {}
    hashes: dict[str, str] = {}
    subcomponents: "tuple[_Component, ...]" = ()


class _Statement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    vulnerability: _Vulnerability
    products: tuple[_Component, ...]
    status: str
    status_notes: str = ""
    justification: str = ""
    impact_statement: str = ""
    action_statement: str = ""


class _Document(Struct, frozen=True, kw_only=True):
    context: str = field(name="@context")
    id: str = field(name="@id")
    author: str
    role: str
    timestamp: str
    version: int
    tooling: str
    statements: tuple[_Statement, ...]


def write(outcome: AuditOutcome) -> Document:
    """One document; its id is the same for the same statements at the same time."""
    told = tuple(_statement(each) for each in statements(outcome.audited.verdicts))
    identity = uuid.uuid5(_NAMESPACE, encoded([outcome.time, outcome.audited.target, told]).decode())
    document = _Document(
        context=_CONTEXT,
        id=f"urn:uuid:{identity}",
        author="gnomon",
        role="tool that looked into the installed files",
        timestamp=outcome.time,
        version=1,
        tooling=f"gnomon {outcome.tool_version}",
        statements=told,
    )
    left = len(outcome.audited.verdicts) - len(told)
    words = "1 verdict by version alone is" if left == 1 else f"{left:,} verdicts by version alone are"
    return Document(data=encoded(document), left_out=f"{words} not in the document" if left else "")


def _statement(each: Statement) -> _Statement:
    verdict = each.verdict
    advisory = verdict.advisory
    purl = str(verdict.package.purl)
    affected = each.status == "affected"
    return _Statement(
        vulnerability=_Vulnerability(name=advisory.id, description=visible(advisory.title), aliases=advisory.aliases),
        products=(
            _Component(
                id=purl,
                identifiers={"purl": purl},
                subcomponents=tuple(
                    # a package URL with a subpath names a file of the package, and is an IRI
                    _Component(id=f"{purl}#{quote(encodable(file.path), safe='/')}", hashes={"sha-256": file.sha256})
                    for file in each.files
                ),
            ),
        ),
        status=each.status,
        status_notes=visible(each.impact) if each.status != "not_affected" else "",
        justification=each.justification,
        impact_statement=visible(each.impact) if each.status == "not_affected" else "",
        action_statement=visible(each.action) if affected else "",
    )
