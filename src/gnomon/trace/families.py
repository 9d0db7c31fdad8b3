"""The flawed functions of one family, from all releases -> who took them from whom, and which are still there."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import get_args

from msgspec import Struct

from gnomon.core.ecosystem import Exposure, Family, Standing
from gnomon.core.endpoint import WIDEST_REACH_FIRST, Authentication
from gnomon.core.lineage import UNSAFE, Edge, Moment, Node
from gnomon.core.severity import Confidence, Severity
from gnomon.core.signature import Signature
from gnomon.trace.attribution import is_claim
from gnomon.trace.held import Held
from gnomon.trace.lineage import lineage
from gnomon.trace.strains import Release

_LEAST_OF_COPY = 0.5
_AUTHENTICATIONS: tuple[Authentication, ...] = get_args(Authentication)
_WORST_LOCK: tuple[Authentication, ...] = ("none", "unknown")


class Flaw(Struct, frozen=True, array_like=True):
    """A flawed, or formerly flawed, function of a release."""

    family: int
    release: Release
    held: Held


class Told(Struct, frozen=True, kw_only=True):
    """What one family says."""

    family: Family
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    standing: tuple[Standing, ...]


def told(
    flaws: Sequence[Flaw],
    releases: Mapping[str, Sequence[Release]],
    signatures: Iterable[Signature],
    called: Mapping[str, Iterable[str]] | None = None,
) -> Told:
    """What the flaws of one family say. `releases`: all that were looked at, by project.

    `called`: what comments may call all projects, as `by_last_name` tells it.
    """
    own = dict.fromkeys(flaw.release.project for flaw in flaws)
    looked_at = [release for project in own for release in releases[project]]
    sightings = [flaw.held.sighting for flaw in flaws if flaw.held.sighting is not None]
    drawn = lineage(looked_at, sightings, signatures, beside=called)
    believed = [edge for edge in drawn.edges if not is_doubtful(edge)]
    standing = tuple(_standing(flaws, looked_at, drawn.nodes, believed))
    oldest = min(drawn.nodes, key=lambda node: (node.first_seen or "9999", node.id))
    family = Family(
        id=flaws[0].family,
        what=oldest.qualname,
        origin=oldest.project,
        projects=len({node.project for node in drawn.nodes}),
        places=len(drawn.nodes),
        unsafe=sum(not each.exposure.effective for each in standing),
        edges=len(drawn.edges),
    )
    return Told(family=family, nodes=drawn.nodes, edges=drawn.edges, standing=standing)


def is_doubtful(edge: Edge) -> bool:
    """True if only likeness speaks for it, and less than half of the copy's statements are the source's."""
    said = any(clue.kind == "attribution" and is_claim(clue.note) for clue in edge.clues)
    return edge.confidence is Confidence.LOW and not said and edge.shared < _LEAST_OF_COPY * edge.of


def exposure_of(held: Held) -> Exposure:
    """What scan says of the worst finding in it."""
    if not held.severity:
        return Exposure()
    return Exposure(
        severity=Severity(held.severity),
        reach=next((reach for reach in WIDEST_REACH_FIRST if reach == held.reach), "unknown"),
        authentication=next((each for each in _AUTHENTICATIONS if each == held.authentication), "unknown"),
        effective=held.effective,
        fingerprint=held.fingerprint,
    )


def exposed(exposure: Exposure) -> tuple[bool, int, int]:
    """A key: what more can reach, with less in their way, comes first."""
    lock = _WORST_LOCK.index(exposure.authentication) if exposure.authentication in _WORST_LOCK else len(_WORST_LOCK)
    return exposure.effective, WIDEST_REACH_FIRST.index(exposure.reach), lock


def urgency(standing: Standing) -> tuple[object, ...]:
    """A key: by reach and authentication, by state, by how many took it from here, by how long it was there."""
    return (
        exposed(standing.exposure),
        UNSAFE.index(standing.state),
        -standing.spread,
        -standing.releases,
        standing.project,
        standing.path,
        standing.line,
    )


def _now(node: Node, labels: Container[str]) -> Moment | None:
    """Its last moment in a release that was looked at: a signature may tell of later ones."""
    return next((moment for moment in reversed(node.moments) if moment.label in labels), None)


def _standing(
    flaws: Sequence[Flaw], looked_at: Iterable[Release], nodes: Iterable[Node], edges: Sequence[Edge]
) -> Iterator[Standing]:
    labels: dict[str, set[str]] = {}
    for release in looked_at:
        labels.setdefault(release.project, set()).add(release.label)
    held = {
        (flaw.release.project, flaw.release.label, flaw.held.path, flaw.held.unit.line): flaw.held for flaw in flaws
    }
    projects = {node.id: node.project for node in nodes}
    sources = {edge.target: edge for edge in edges}
    spread = _spread(projects, sources)
    for node in nodes:
        known = labels.get(node.project, set())
        last = _now(node, known)
        if last is None or last.state not in UNSAFE:
            continue
        flawed = [moment for moment in node.moments if moment.state in UNSAFE and moment.label in known]
        there = held.get((node.project, last.label, last.path, last.line))
        edge = sources.get(node.id)
        sighting = there.sighting if there else None
        yield Standing(
            node=node.id,
            family=flaws[0].family,
            project=node.project,
            path=last.path,
            line=last.line,
            qualname=node.qualname,
            release=last.label,
            date=last.date,
            state=last.state,
            reason=last.reason,
            exposure=exposure_of(there) if there else Exposure(),
            since=flawed[0].label,
            releases=len(flawed),
            source=projects.get(edge.source, "") if edge else "",
            confidence=edge.confidence if edge else None,
            spread=len(spread.get(node.id, set()) - {node.project}),
            signature=sighting.signature if sighting else "",
        )


def _spread(projects: Mapping[str, str], sources: Mapping[str, Edge]) -> Mapping[str, set[str]]:
    """For each node the projects that have it from there, directly or not."""
    found: dict[str, set[str]] = {}
    for target in sources:
        at, seen = target, {target}
        while at in sources and (source := sources[at].source) not in seen:
            found.setdefault(source, set()).add(projects.get(target, ""))
            seen.add(source)
            at = source
    return found
