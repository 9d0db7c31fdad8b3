"""What a survey keeps of a release (its document, its part) -> the flaws in it, to be held against other releases."""

from collections.abc import Iterator, Sequence

import msgspec

from gnomon.cli.tracing import TOP
from gnomon.core.lineage import UNSAFE
from gnomon.core.watch import Flaw
from gnomon.render.json import JsonFinding
from gnomon.render.survey_json import JsonSurveyed
from gnomon.trace.changes import Examined
from gnomon.trace.following import Seen
from gnomon.trace.held import Held, Part

_BY_STATEMENTS = tuple(state for state in UNSAFE if state != "moved")
"""What is said of flawed code by its statements; a load that has moved is found where it is now."""


def examined(document: JsonSurveyed, part: bytes) -> Examined:
    """The release as what is compared. Raises msgspec.MsgspecError if the part is none."""
    held = msgspec.msgpack.decode(part, type=Part).held if part else ()
    findings = document.scan.findings if document.scan is not None else ()
    advisories = {copy.signature: copy.advisories for copy in document.trace.copies} if document.trace else {}
    stated = _stated(held, findings, advisories)
    return Examined(
        label=document.label,
        date=document.date or "",
        whole=_is_whole(document),
        seen=(*(_seen(finding, held) for finding in findings), *stated),
        held=held,
        advised={each.advisory: each.status for each in document.audit.verdicts} if document.audit else {},
    )


def _is_whole(document: JsonSurveyed) -> bool:
    """True if there is code, and all of it was read: what audit could not look up hides no flaw."""
    parts = (document.scan, document.trace)
    return document.status != "failed" and not document.problem and not any(part.skipped for part in parts if part)


def _short(path: str) -> str:
    """Without the folder that a source release lies in, as the paths of a part are."""
    return TOP.sub("", path, count=1)


def _seen(finding: JsonFinding, held: Sequence[Held]) -> Seen:
    around = [each for each in held if _is_in(finding, each)]
    innermost = min(around, key=lambda each: each.unit.end_line - each.unit.line, default=None)
    sighting = next((each.sighting for each in around if each.sighting is not None), None)
    endpoint = finding.endpoint
    source = next((step for step in finding.flow if step.role == "source"), None)
    opened = (
        next((each for each in endpoint.evidence if each.claim == "reach" and each.path), None) if endpoint else None
    )
    return Seen(
        flaw=Flaw(
            rule=finding.rule,
            severity=finding.severity,
            path=_short(finding.path),
            line=finding.line,
            qualname=finding.qualname,
            sink=finding.sink,
            reach=endpoint.reach if endpoint else "unknown",
            authentication=endpoint.authentication if endpoint else "unknown",
            effective=endpoint is not None and endpoint.effective,
            kind=finding.source.kind,
            transport=endpoint.transport if endpoint else "unknown",
            address=endpoint.address if endpoint else "",
            message=finding.message,
            fingerprint=finding.fingerprint,
            state=sighting.state if sighting is not None else "",
            signature=sighting.signature if sighting is not None else "",
            advisories=finding.advisories,
            code=" ".join(finding.code.split()),
            source=(_short(source.path), source.code) if source else ("", ""),
            opening=(_short(opened.path or ""), opened.code) if opened else ("", ""),
        ),
        unit=innermost.unit if innermost is not None else None,
    )


def _is_in(finding: JsonFinding, each: Held) -> bool:
    return each.path == _short(finding.path) and each.unit.line <= finding.line <= each.unit.end_line


def _stated(
    held: Sequence[Held], findings: Sequence[JsonFinding], advisories: dict[str, tuple[str, ...]]
) -> Iterator[Seen]:
    """Code of a known flaw in which scan finds nothing, since it could not follow it or since the flaw is no load."""
    for each in held:
        sighting = each.sighting
        known = advisories.get(sighting.signature, ()) if sighting is not None else ()
        if sighting is None or not known or sighting.state not in _BY_STATEMENTS:
            continue
        if any(_is_in(finding, each) for finding in findings):
            continue
        flaw = Flaw(
            rule="",
            severity="high",
            path=each.path,
            line=each.unit.line,
            qualname=each.unit.qualname,
            sink="",
            reach="unknown",
            authentication="unknown",
            message=f"the code of {sighting.signature}: {sighting.reason}",
            state=sighting.state,
            signature=sighting.signature,
            advisories=known,
        )
        yield Seen(flaw=flaw, unit=each.unit)
