"""A lineage as a graph in the DOT language, for Graphviz; without a lineage, each signature with its copies.

The language: https://graphviz.org/doc/info/lang.html; what a backslash means in a label:
https://graphviz.org/docs/attr-types/escString/
"""

import re
from collections.abc import Iterator

from gnomon.core.lineage import Copy, Edge, Lineage, Node, State
from gnomon.core.severity import Confidence
from gnomon.render.escape import visible
from gnomon.render.family import first_day
from gnomon.render.outcome import Document
from gnomon.render.page import counted
from gnomon.render.tone import Tone, tone_of
from gnomon.render.trace_outcome import TraceOutcome

_COLORS: dict[Tone, tuple[str, str]] = {
    "flawed": ("#b3261e", "#fbe0dd"),
    "eased": ("#9a6700", "#fff1cc"),
    "safe": ("#00664c", "#d7f2e7"),
    "unknown": ("#5f6873", "#ffffff"),
}
"""Of border and area."""
_LINES = {Confidence.HIGH: "solid", Confidence.MEDIUM: "dashed", Confidence.LOW: "dotted"}
# Graphviz reads HTML's character references in labels, though they are no HTML.
_REFERENCE = re.compile(r"&(?=#?[A-Za-z0-9]+;)")


def write(outcome: TraceOutcome) -> Document:
    """The graph, drawn from left to right; what it has no room for is told."""
    lines = [
        "digraph lineage {",
        f"  graph [{_attributes(rankdir='LR', fontname='Helvetica', labelloc='t', label=_caption(outcome))}];",
        f"  node [{_attributes(shape='box', style='rounded,filled', fontname='Helvetica', fontsize='11')}];",
        f"  edge [{_attributes(fontname='Helvetica', fontsize='9', color='#5f6873')}];",
    ]
    lines += _of_lineage(outcome.lineage) if outcome.lineage is not None else _of_copies(outcome)
    return Document(data="\n".join([*lines, "}", ""]).encode(), left_out=_left_out(outcome))


def _caption(outcome: TraceOutcome) -> tuple[str, ...]:
    empty = outcome.lineage is None and outcome.nothing_found
    incomplete = f"incomplete: {outcome.skipped:,} skipped" if outcome.skipped else ""
    return tuple(line for line in (empty, incomplete) if line)


def _left_out(outcome: TraceOutcome) -> str:
    copies = sum(len(traced.copies) for traced in outcome.traced) if outcome.lineage is not None else 0
    parts = [counted(outcome.skipped, "skipped file")] if outcome.skipped else []
    parts += [f"{copies:,} cop{'y' if copies == 1 else 'ies'} of known signatures"] if copies else []
    return f"DOT has no room for {' and '.join(parts)}: `--format json` lists them." if parts else ""


def _of_lineage(lineage: Lineage) -> Iterator[str]:
    names: dict[str, str] = {}
    for at, node in enumerate(lineage.nodes):
        name = f"n{at}"
        names.setdefault(node.id, name)
        yield _node(name, (node.project, node.qualname, _since(node)), node.state, tooltip=tuple(_moments(node)))
    for edge in lineage.edges:
        if edge.source in names and edge.target in names:
            yield _edge(names[edge.source], names[edge.target], edge)


def _since(node: Node) -> str:
    return f"{node.state}, first seen {first_day(node) or 'on an unknown day'}"


def _moments(node: Node) -> Iterator[str]:
    yield node.path
    for moment in node.moments:
        yield f"{moment.label} {moment.date or 'undated'}: {moment.state}, {moment.reason}"


def _edge(source: str, target: str, edge: Edge) -> str:
    attributes = _attributes(
        label=(f"{edge.similarity:.2f} {edge.confidence}",),
        style=_LINES[edge.confidence],
        tooltip=(f"{edge.shared:,} of {edge.of:,} statements", *(f"{clue.kind}: {clue.note}" for clue in edge.clues)),
    )
    return f"  {source} -> {target} [{attributes}];"


def _of_copies(outcome: TraceOutcome) -> Iterator[str]:
    copies = [(traced.target, copy) for traced in outcome.traced for copy in traced.copies]
    names: dict[str, str] = {}
    for _, copy in copies:
        if copy.signature not in names:
            names[copy.signature] = f"s{len(names)}"
            label = (copy.origin, copy.title, copy.signature)
            yield f"  {names[copy.signature]} [{_attributes(label=label, shape='note', fillcolor='#ffffff')}];"
    for at, (target, copy) in enumerate(copies):
        place = f"{copy.path}:{copy.line}"
        yield _node(f"c{at}", (target, copy.qualname, place, copy.state), copy.state, tooltip=tuple(_evidence(copy)))
        shared = ("original, " if copy.is_origin else "") + f"{copy.shared:,} of {copy.of:,} statements"
        yield f"  {names[copy.signature]} -> c{at} [{_attributes(label=(shared,))}];"


def _evidence(copy: Copy) -> Iterator[str]:
    yield copy.reason
    if copy.attribution:
        yield f"line {copy.attribution.line}: {copy.attribution.text}"
    yield from copy.advisories


def _node(name: str, label: tuple[str, ...], state: State, *, tooltip: tuple[str, ...]) -> str:
    border, area = _COLORS[tone_of(state)]
    return f"  {name} [{_attributes(label=label, color=border, fillcolor=area, tooltip=tooltip)}];"


def _attributes(**values: str | tuple[str, ...]) -> str:
    """`name="value"` each; lines of text that may hold anything are given as a tuple."""
    return ", ".join(
        f'{name}="{value}"' if isinstance(value, str) else f'{name}="{_quoted(value)}"'
        for name, value in values.items()
    )


def _quoted(lines: tuple[str, ...]) -> str:
    r"""The lines for within double quotes: no quote ends them early, no `\N` or `&amp;` means more than it is."""
    escaped = (visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return r"\n".join(_REFERENCE.sub("&amp;", line) for line in escaped)
