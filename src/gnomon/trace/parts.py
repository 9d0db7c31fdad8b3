"""A release as its part in a comparison of many: functions that hold a sink, or all, and what is known of them."""

from collections.abc import Callable, Iterable, Sequence

from gnomon.core.finding import Finding
from gnomon.core.select import urgency
from gnomon.trace.copies import Place
from gnomon.trace.held import Held, Part
from gnomon.trace.strains import Release, Sighting
from gnomon.trace.units import Unit


def part(
    release: Release,
    places: Iterable[Place],
    sightings: Iterable[Sighting],
    findings: Iterable[Finding],
    shorter: Callable[[str], str],
    *,
    every: bool,
) -> Part:
    """The functions of the release that hold a sink, a finding or a sighting; with `every` all that can be compared.

    By path and line. `shorter` gives the path that sightings have for one of the tree's.
    """
    flawed = {(each.path, each.unit.qualname): each for each in sightings if each.release == release}
    reported: dict[str, list[Finding]] = {}
    for finding in findings:
        reported.setdefault(finding.site.path, []).append(finding)
    held = [
        _held(shorter(place.path), unit, flawed.get((shorter(place.path), unit.qualname)), inside)
        for place in sorted(places, key=lambda place: place.path)
        for unit in sorted(place.units, key=lambda unit: (unit.line, -unit.end_line, unit.qualname))
        for inside in (_inside(unit, reported.get(place.path, ())),)
        if (shorter(place.path), unit.qualname) in flawed
        or (not unit.is_class and (unit.loads or inside or (every and unit.shingles)))
    ]
    return Part(release=release, held=tuple(held))


def _inside(unit: Unit, findings: Sequence[Finding]) -> list[Finding]:
    return [each for each in findings if unit.line <= each.site.line <= unit.end_line]


def _held(path: str, unit: Unit, sighting: Sighting | None, findings: Sequence[Finding]) -> Held:
    if not findings:
        return Held(path=path, unit=unit, sighting=sighting)
    worst = min(findings, key=urgency)
    endpoint = worst.endpoint
    return Held(
        path=path,
        unit=unit,
        sighting=sighting,
        severity=worst.severity.value,
        reach=endpoint.reach if endpoint is not None else "unknown",
        authentication=endpoint.authentication if endpoint is not None else "unknown",
        effective=endpoint is not None and endpoint.effective,
        fingerprint=worst.fingerprint,
    )
