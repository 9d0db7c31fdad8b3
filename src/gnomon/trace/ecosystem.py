"""What families and releases say together: the state of each package, and between whom flawed code went."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from gnomon.core.ecosystem import Exposure, Flawed, Member, PackageHistory, PackageState, Passage
from gnomon.core.lineage import UNSAFE, Edge, Node, State
from gnomon.core.severity import Confidence
from gnomon.trace.families import Told, exposed, exposure_of, is_doubtful
from gnomon.trace.held import Held
from gnomon.trace.strains import Release, in_order

_QUIET: tuple[PackageState, ...] = ("unknown", "fixed", "removed", "fixed-at-copy", "clear", "not-read")
STATES: tuple[PackageState, ...] = (*UNSAFE, "authenticated", *_QUIET)
"""Of a package, the worst first."""
_SURENESS = list(Confidence)


class Looked(Struct, frozen=True, kw_only=True):
    """A release of a package, in short."""

    release: Release
    failed: bool = False
    incomplete: bool = False
    advisories: tuple[str, ...] = ()
    """Known ones that cover it."""
    state: State | None = None
    """The worst of any flawed function in it; None if there is none."""
    unsafe: int = 0
    """Functions in which the load is there, and no authentication holds it."""
    exposure: Exposure = Exposure()
    """Of the worst of these."""


def looked(
    release: Release, held: Iterable[Held] = (), advisories: Iterable[str] = (), *, incomplete: bool = False
) -> Looked:
    """A release by its functions."""
    flawed = [each for each in held if each.sighting is not None]
    there = [exposure_of(each) for each in flawed if each.sighting is not None and each.sighting.state in UNSAFE]
    states = [each.sighting.state for each in flawed if each.sighting is not None]
    return Looked(
        release=release,
        incomplete=incomplete,
        advisories=tuple(sorted(set(advisories))),
        state=min(states, key=STATES.index, default=None),
        unsafe=sum(not each.effective for each in there),
        exposure=min(there, key=exposed, default=Exposure()),
    )


def histories(all_: Iterable[Looked], passages: Iterable[Passage]) -> tuple[PackageHistory, ...]:
    """A row for each package, the worst first."""
    packages: dict[str, list[Looked]] = {}
    for each in all_:
        packages.setdefault(each.release.project, []).append(each)
    sources: dict[str, list[str]] = {}
    targets: dict[str, list[str]] = {}
    for passage in passages:
        sources.setdefault(passage.target, []).append(passage.source)
        targets.setdefault(passage.source, []).append(passage.target)
    found = [_history(name, rows, sources.get(name, ()), targets.get(name, ())) for name, rows in packages.items()]
    return tuple(sorted(found, key=_urgency))


def _history(name: str, rows: Sequence[Looked], sources: Iterable[str], targets: Iterable[str]) -> PackageHistory:
    by_label = {each.release.label: each for each in rows if not each.failed}
    ordered = [by_label[release.label] for release in in_order([each.release for each in by_label.values()])]
    flawed = [each for each in ordered if each.unsafe]
    newest = ordered[-1] if ordered else None
    return PackageHistory(
        name=name,
        releases=len(ordered),
        newest=newest.release.label if newest else "",
        newest_date=newest.release.date if newest else "",
        state=_state(ordered),
        unsafe=newest.unsafe if newest else 0,
        flawed=len(flawed),
        first_flawed=_flawed(flawed[0]) if flawed else None,
        last_flawed=_flawed(flawed[-1]) if flawed else None,
        exposure=flawed[-1].exposure if flawed else newest.exposure if newest else Exposure(),
        advisories=tuple(sorted({name for each in ordered for name in each.advisories})),
        took_from=tuple(sources),
        gave_to=tuple(targets),
        incomplete=sum(each.incomplete for each in ordered),
        failed=sum(each.failed for each in rows),
    )


def _state(ordered: Sequence[Looked]) -> PackageState:
    """How it stands in the newest release; of one that was flawed before, and is not any more, whether code is left."""
    if not ordered:
        return "not-read"
    newest = ordered[-1]
    if newest.unsafe == 0 and newest.state in UNSAFE:
        return "authenticated"
    if newest.state is not None:
        return newest.state
    return "removed" if any(each.state in UNSAFE for each in ordered) else "clear"


def _flawed(each: Looked) -> Flawed:
    return Flawed(label=each.release.label, date=each.release.date)


def _urgency(history: PackageHistory) -> tuple[object, ...]:
    return history.unsafe == 0, *exposed(history.exposure), STATES.index(history.state), -history.unsafe, history.name


def passages(families: Iterable[Told]) -> tuple[Passage, ...]:
    """From project to project the surest edge, and how many there are; the surest first."""
    found: dict[tuple[str, str], list[tuple[Edge, Node, bool]]] = {}
    for told in families:
        nodes = {node.id: node for node in told.nodes}
        standing = {each.node for each in told.standing if not each.exposure.effective}
        for edge in told.edges:
            source, target = nodes[edge.source], nodes[edge.target]
            if source.project != target.project and not is_doubtful(edge):
                found.setdefault((source.project, target.project), []).append((edge, target, target.id in standing))
    made = [_passage(source, target, edges) for (source, target), edges in found.items()]
    return tuple(sorted(made, key=lambda each: (_sureness(each), -each.places, each.source, each.target)))


def _passage(source: str, target: str, edges: Sequence[tuple[Edge, Node, bool]]) -> Passage:
    best, copy, _ = min(
        edges, key=lambda each: (_SURENESS.index(each[0].confidence), -each[0].shared, -each[0].similarity, each[1].id)
    )
    return Passage(
        source=source,
        target=target,
        places=len(edges),
        unsafe=sum(is_unsafe for _, _, is_unsafe in edges),
        similarity=best.similarity,
        shared=best.shared,
        of=best.of,
        confidence=best.confidence,
        date=min((node.first_seen for _, node, _ in edges if node.first_seen), default=""),
        what=copy.qualname,
        clues=best.clues,
    )


def _sureness(passage: Passage) -> int:
    return _SURENESS.index(passage.confidence)


def members(
    passages: Iterable[Passage], packages: Iterable[PackageHistory], nodes: Iterable[Node]
) -> tuple[Member, ...]:
    """The projects between which code went, by name."""
    known = {each.name: each for each in packages}
    names = {name for each in passages for name in (each.source, each.target)}
    seen: dict[str, str] = {}
    for node in nodes:
        if node.project in names and node.first_seen:
            seen[node.project] = min(node.first_seen, seen.get(node.project, "9999"))
    return tuple(
        Member(
            name=name,
            state=known[name].state if name in known else "not-read",
            unsafe=known[name].unsafe if name in known else 0,
            looked_at=name in known,
            first_seen=seen.get(name, ""),
        )
        for name in sorted(names)
    )
