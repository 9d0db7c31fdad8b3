"""Sightings of flawed code in many releases -> the lineage: strains as nodes, and who took what from whom as edges."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from gnomon.core.lineage import UNSAFE, Attribution, Clue, Edge, Lineage, Moment, Node, State
from gnomon.core.severity import Confidence
from gnomon.core.signature import Definition, Signature
from gnomon.trace.attribution import by_last_name, last_name, names
from gnomon.trace.kinship import edges
from gnomon.trace.strains import Release, Sighting, Strain, moments, strains
from gnomon.trace.units import Load, Unit

_HEADER = 5
"""Lines at the head of a file."""
_PACK = "the signature"
"""Basis of dates that come with a signature."""


def lineage(
    releases: Sequence[Release],
    sightings: Sequence[Sighting],
    signatures: Iterable[Signature] = (),
    repositories: Mapping[str, str] | None = None,
    beside: Mapping[str, Iterable[str]] | None = None,
) -> Lineage:
    """Who took what from whom; origins that were not looked at come from the signatures, or from comments alone.

    `beside`: what comments may call projects that were looked at, too, as `by_last_name` tells it.
    """
    known = {signature.id: signature for signature in signatures}
    met = {sighting.signature for sighting in sightings if sighting.signature}
    seen = {(release.project, release.label) for release in releases}
    remembered = [
        sighting
        for each in sorted(met)
        if each in known
        for sighting in _remembered(known[each])
        if (sighting.release.project, sighting.release.label) not in seen
    ]
    forges = dict(repositories or {}) | {
        signature.origin.project: signature.origin.repository for signature in known.values()
    }
    found = strains([*releases, *dict.fromkeys(sighting.release for sighting in remembered)], [*sightings, *remembered])
    origins = {signature.id: signature.origin.project for signature in known.values()}
    drawn = list(edges(found, forges, origins))
    nodes = [_node(strain) for strain in found]
    ancestors, more = _unsampled(found, drawn, forges, beside or {})
    by_id = {node.id: node for node in nodes}
    whole = (*drawn, *more)
    sources: dict[str, Node] = {}
    for edge in whole:
        if edge.source in by_id:
            sources.setdefault(edge.target, by_id[edge.source])
    told = [_at_copy(node, sources.get(node.id)) for node in nodes]
    return Lineage(nodes=tuple(sorted([*told, *ancestors], key=_urgency)), edges=whole)


def _remembered(signature: Signature) -> Iterator[Sighting]:
    """An origin's own story, as its signature tells it."""
    definition = next(each for each in signature.definitions if each.role == "sink")
    unit = _unit(definition)
    origin = signature.origin
    states: list[tuple[str, str, State, str]] = [(origin.release, origin.date, "unfixed", signature.title)]
    states += [(repair.release, repair.date, repair.kind, repair.note) for repair in signature.repairs]
    for label, date, state, reason in states:
        yield Sighting(
            release=Release(project=origin.project, label=label, date=date, basis=_PACK, whole=False),
            path=definition.path,
            unit=unit,
            state=state,
            reason=reason,
            signature=signature.id,
            is_origin=True,
        )


def _unit(definition: Definition) -> Unit:
    """A signature's definition as what it was taken from."""
    return Unit(
        qualname=definition.qualname,
        line=definition.lines[0],
        end_line=definition.lines[1],
        is_class=False,
        statements=definition.statements,
        shingles=frozenset(definition.shingles),
        loads=tuple(Load(definition.lines[0], definition.lines[0], api) for api in definition.loads),
        addresses=definition.addresses,
        calls=frozenset(definition.names),
    )


def _node(strain: Strain) -> Node:
    first = strain.first.release
    return Node(
        id=strain.id,
        project=strain.project,
        qualname=strain.last.unit.qualname,
        path=strain.last.path,
        moments=moments(strain),
        first_seen=first.date,
        first_seen_basis=first.basis,
    )


def _unsampled(
    found: Sequence[Strain], drawn: Sequence[Edge], repositories: Mapping[str, str], beside: Mapping[str, Iterable[str]]
) -> tuple[list[Node], list[Edge]]:
    """Projects that comments name and that were not looked at: without them wrong sources would be believed."""
    called = by_last_name({strain.project for strain in found}, repositories)
    sourced = {edge.target for edge in drawn}
    ancestors: dict[str, Node] = {}
    more: list[Edge] = []
    for strain in found:
        if strain.id in sourced or strain.first.is_origin:
            continue
        told = next(
            (each for each in strain.attributions if _is_elsewhere(each, called) and _is_elsewhere(each, beside)), None
        )
        # a comment at the head of a file speaks of something in it
        if told is None or told.line <= _HEADER:
            continue
        name = f"{told.project}::{told.path or strain.last.unit.qualname}"
        ancestors.setdefault(
            name,
            Node(
                id=name,
                project=told.project,
                qualname=strain.last.unit.qualname,
                path=told.path,
                moments=(),
                first_seen="",
                first_seen_basis="attribution",
            ),
        )
        clue = Clue(kind="attribution", note=f"line {told.line} says: {told.text}")
        more.append(
            Edge(
                source=name,
                target=strain.id,
                similarity=0.0,
                shared=0,
                of=len(strain.first.unit.statements),
                confidence=Confidence.LOW,
                clues=(clue, Clue(kind="similarity", note=f"{told.project} was not looked at")),
            )
        )
    return list(ancestors.values()), more


def _is_elsewhere(attribution: Attribution, called: Mapping[str, Iterable[str]]) -> bool:
    """True for a repository at a forge that none of the projects is: other words may mean anything."""
    return "/" in attribution.project and not names(attribution, called.get(last_name(attribution.project), ()))


def _at_copy(node: Node, source: Node | None) -> Node:
    """The node, with its first moment named for what it is if the flaw was left out when it was copied."""
    if source is None or not node.moments or node.moments[0].state != "fixed":
        return node
    then = _at(source, node.moments[0].date)
    if then is None or then.state not in UNSAFE:
        return node
    first = node.moments[0]
    reason = f"{first.reason}; {source.project} {then.label} still had the load"
    fixed = replace(first, state="fixed-at-copy", reason=reason)
    return replace(node, moments=(fixed, *node.moments[1:]))


def _at(node: Node, date: str) -> Moment | None:
    """How the node was on that day."""
    before = [moment for moment in node.moments if moment.date and date and moment.date <= date]
    return before[-1] if before else None


def _urgency(node: Node) -> tuple[int, str, str, str]:
    """Unsafe copies first."""
    state = node.state
    order = UNSAFE.index(state) if state in UNSAFE else len(UNSAFE)
    return order, node.first_seen or "9999", node.project, node.id
