"""Escape hatches: settings that switch unsafe deserialization on, where a deployment file sets them."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Source
from gnomon.core.model import ESCAPE_HATCH, HatchModel, Knowledge, Model
from gnomon.core.rule import Rule
from gnomon.core.severity import Confidence, Severity, severity_of
from gnomon.core.site import Step
from gnomon.scan.deployments import Deployments, Placed, resolved
from gnomon.scan.fingerprint import fingerprint


def hatches(deployments: Deployments, knowledge: Knowledge) -> Iterator[Finding]:
    """One finding for each line that sets such a variable to a value that opens it."""
    rule = next((rule for rule in knowledge.rules if ESCAPE_HATCH in rule.sinks), None)
    known = {hatch.variable: (model, hatch) for model in knowledge.models for hatch in model.hatch}
    if rule is None or not known:
        return
    seen: set[tuple[str, int, str]] = set()
    for placed in deployments.mentioning(list(known)):
        for line, model, hatch in _opened(placed, known):
            place = (placed.path, line, hatch.variable)
            if place not in seen:
                seen.add(place)
                yield _finding(deployments, rule, model, hatch, placed.path, line)


def _opened(placed: Placed, known: dict[str, tuple[Model, HatchModel]]) -> Iterable[tuple[int, Model, HatchModel]]:
    for variable in placed.unit.variables:
        model, hatch = known.get(variable.name, (None, None))
        if model is not None and hatch is not None:
            value = resolved(variable.value, placed.unit.variables, variable.name)
            if value.lower() in hatch.on:
                yield variable.line, model, hatch


def _finding(deployments: Deployments, rule: Rule, model: Model, hatch: HatchModel, path: str, line: int) -> Finding:
    site = deployments.site(path, line)
    of_files = hatch.source == "file"
    finding = Finding(
        rule=rule.id,
        severity=Severity.LOW if of_files else severity_of(Endpoint()),
        confidence=Confidence.MEDIUM if of_files else Confidence.LOW,
        message=f"`{hatch.variable}` is set for {model.library}: {hatch.effect}",
        site=site,
        qualname="<deployment>",
        sink=hatch.variable,
        source=Source(kind=hatch.source),
        flow=(Step(site=site, role="sink", note=f"set here; what it does is at {hatch.link}"),),
        remedy=rule.remedy,
    )
    return replace(finding, fingerprint=fingerprint(finding))
