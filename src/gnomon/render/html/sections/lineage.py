"""Who took flawed code from whom: a timeline of each lineage, the copies in each target, and both as tables."""

from collections.abc import Iterator

from gnomon.core.lineage import UNSAFE, Lineage
from gnomon.render.family import related
from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Child, Element, el, picture
from gnomon.render.html.lineage.compact import compact
from gnomon.render.html.lineage.overview import by_project, thinned, worst
from gnomon.render.html.lineage.table import copies_table, lineage_table, targets_table
from gnomon.render.html.lineage.values import lineage_of
from gnomon.render.html.words import named, said
from gnomon.render.page import counted
from gnomon.render.timeline.layout import timeline
from gnomon.render.trace_json import JsonTrace
from gnomon.render.trace_outcome import nothing_found

MOST_DRAWN = 100
"""Places of one picture: beyond, an overview comes first."""
_MOST_LISTED = 200
_WIDTH = 900.0
"""Of a picture: pixels, on the screen of a desk."""


def section(contents: Contents) -> Section | None:
    """A part for each trace; None if there is none."""
    if not contents.traces:
        return None
    copies = sum(len(target.copies) for trace in contents.traces for target in trace.targets)
    parts = [part for trace in contents.traces for part in _trace(trace)]
    return Section(id="lineage", title="Lineage", count=f"{copies:,}", body=el("div", {"class": "lineages"}, *parts))


def _trace(trace: JsonTrace) -> Iterator[Child]:
    copies = [copy for target in trace.targets for copy in target.copies]
    if not copies:
        functions = sum(target.summary.functions for target in trace.targets)
        yield el("p", None, f"In {_targets(trace)}, {nothing_found(trace.signatures.count, functions)}.")
    else:
        unsafe = sum(copy.state in UNSAFE for copy in copies)
        is_like = "is" if len(copies) == 1 else "are"
        places = f"{counted(len(copies), 'place')} {is_like} like known-flawed code"
        does = "loads" if unsafe == 1 else "load"
        yield el("p", None, f"In {_targets(trace)}, {places}; {unsafe:,} still {does} what comes.")
    if trace.lineage is not None and trace.lineage.nodes:
        yield from _lineage(lineage_of(trace.lineage))
        if copies:
            yield el("h3", None, "In each target")
            yield targets_table(trace.targets, _MOST_LISTED)
    elif copies:
        yield copies_table(trace.targets, _MOST_LISTED)


def _targets(trace: JsonTrace) -> str:
    names = [target.target for target in trace.targets]
    shown = ", ".join(named(name) for name in names[:6])
    return shown + (f" and {len(names) - 6:,} more" if len(names) > 6 else "")


def _lineage(whole: Lineage) -> Iterator[Child]:
    lineage = related(whole)
    if len(lineage.nodes) > MOST_DRAWN:
        yield _drawn(by_project(lineage, MOST_DRAWN))
        told = f"One row is all places of a project, {counted(len(lineage.nodes), 'place')} in all."
        yield el("p", {"class": "aside"}, told)
        heading = f"The {MOST_DRAWN} worst places"
        yield el("details", None, el("summary", None, heading), _drawn(worst(lineage, MOST_DRAWN)))
    else:
        yield _drawn(lineage)
    alone = len(whole.nodes) - len(lineage.nodes)
    if alone:
        places = counted(alone, "flawed place")
        yield el("p", {"class": "aside"}, f"Not drawn: {places} that nobody is known to have taken from another.")
    yield el("details", None, el("summary", None, "The lineage as a table"), lineage_table(whole, _MOST_LISTED))


def _drawn(lineage: Lineage) -> Element:
    """The timeline, in a frame that can be scrolled on a small screen, and what of it is left out."""
    shown, hidden = thinned(lineage)
    return el(
        "figure",
        {"class": "scroll", "tabindex": "0"},
        picture(compact(timeline(shown, width=_WIDTH))),
        el("figcaption", None, *said(f"{hidden:,} moments at which nothing changed are not drawn."))
        if hidden
        else None,
    )
