"""A lineage as text for people: which copies are still unsafe, then each family as a tree."""

from collections.abc import Iterator

from gnomon.core.lineage import Edge, Lineage, Node
from gnomon.render.family import Family, Member, families, first_day, unsafe_members
from gnomon.render.page import Page, Words, counted
from gnomon.render.tone import state_words


def write_lineage(page: Page, lineage: Lineage) -> None:
    """Adds the lineage to the page."""
    if not lineage.nodes:
        page.line(Words("No lineage: no code of one target was found in another.", "dim"))
        return
    unsafe = unsafe_members(lineage)
    copies = [member for member in unsafe if member.edge]
    _write_unsafe(page, "Copies that are still unsafe:", copies)
    _write_unsafe(page, "Still unsafe too, and not known to be copies:", [each for each in unsafe if not each.edge])
    related = [family for family in families(lineage) if len(family) > 1]
    page.line(Words("Who took it from whom:", "strong"), Words("" if related else " nobody, as far as can be seen"))
    for family in related:
        page.blank()
        _write_family(page, family)
    page.blank()
    known = sum(1 for family in families(lineage) for member in family if member.edge)
    page.line(
        Words("lineage", "strong"),
        Words(f": {counted(len(lineage.nodes), 'place')} in {counted(_projects(lineage), 'project')}, "),
        Words(f"{known:,} known to be copies, "),
        Words(f"{len(copies):,} of these still unsafe", "bad" if copies else "good"),
    )


def _write_unsafe(page: Page, heading: str, members: list[Member]) -> None:
    if not members:
        return
    page.line(Words(heading, "strong"))
    for member in members:
        node = member.node
        reason = node.moments[-1].reason
        source = f" from {member.source.project}" if member.source else ""
        page.line(
            state_words(node.state),
            Words(" "),
            Words(node.project, "strong"),
            Words(" "),
            Words(_place(node), "place"),
            Words(f" {node.qualname}{source}: {reason}"),
            first=Words("  - "),
            rest=Words("    "),
        )
    page.blank()


def _write_family(page: Page, family: Family) -> None:
    for at, member in enumerate(family):
        has_children = at + 1 < len(family) and len(family[at + 1].lasts) > len(member.lasts)
        below = _trunk(member.lasts) + ("│ " if has_children else "  ")
        page.line(*_head(member.node), first=Words(_branch(member.lasts), "gutter"), rest=Words(f"{below} ", "gutter"))
        for line in _because(member):
            page.line(Words(line, "dim"), first=Words(f"{below} ", "gutter"), rest=Words(f"{below}   ", "gutter"))


def _branch(lasts: tuple[bool, ...]) -> str:
    return _trunk(lasts[:-1]) + ("└─ " if lasts[-1] else "├─ ") if lasts else ""


def _trunk(lasts: tuple[bool, ...]) -> str:
    return "".join("   " if last else "│  " for last in lasts)


def _head(node: Node) -> Iterator[Words]:
    since = first_day(node)
    yield Words(f"{since or 'undated   '} ")
    yield Words(node.project, "strong")
    yield Words(f" {node.qualname}  ")
    yield state_words(node.state)
    if node.moments:
        newest = node.moments[-1]
        yield Words(f" ({', '.join(filter(None, (newest.label, newest.date)))})", "dim")
    else:
        yield Words(" (not looked at)", "dim")
    if node.first_seen_basis:
        yield Words(f" • dated by {node.first_seen_basis}", "dim")


def _because(member: Member) -> Iterator[str]:
    """What is known of where the code came from, a line each."""
    if member.edge and member.source:
        yield _edge("from", member.edge, member.source)
        for clue in member.edge.clues:
            yield f"{clue.kind}: {clue.note}"
    for edge, source in member.further:
        yield _edge("perhaps from", edge, source)


def _edge(word: str, edge: Edge, source: Node) -> str:
    likeness = f"similarity {edge.similarity:.2f}, {edge.shared:,} of {counted(edge.of, 'statement')}"
    return f"{word} {source.project} {source.qualname}: confidence {edge.confidence}, {likeness}"


def _place(node: Node) -> str:
    return f"{node.path}:{node.moments[-1].line}" if node.moments else node.path


def _projects(lineage: Lineage) -> int:
    return len({node.project for node in lineage.nodes})
