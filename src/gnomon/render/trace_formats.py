"""The output formats of `gnomon trace` by name, each with the one module that writes it."""

from collections.abc import Callable

from gnomon.render.outcome import Document
from gnomon.render.trace_outcome import TraceOutcome

# To add one: its row here, its case below, a golden file. Nothing is imported before it is asked for.
FORMATS = {
    "text": "For people; colour and line wrapping on a terminal only.",
    "json": "For programs; its fields are listed below.",
    "dot": "The lineage as a graph, for Graphviz.",
    "svg": "The lineage as a timeline: a picture for a browser or an article.",
    "html": "One page for a browser that needs no network and no other file.",
}


def writer(name: str) -> Callable[[TraceOutcome], Document]:
    """What writes the format of that name, one of FORMATS."""
    match name:
        case "text":
            from gnomon.render.trace_text import write
        case "json":
            from gnomon.render.trace_json import write
        case "dot":
            from gnomon.render.trace_dot import write
        case "svg":
            from gnomon.render.trace_svg import write
        case "html":
            from gnomon.render.html.trace import write
        case _:
            raise KeyError(name)
    return write
