"""`gnomon trace --format html`: copies and their lineage as a page."""

from gnomon.render.html.contents import Contents
from gnomon.render.html.page import page
from gnomon.render.html.words import titled
from gnomon.render.outcome import Document, end_time
from gnomon.render.trace_json import trace_of
from gnomon.render.trace_outcome import TraceOutcome


def write(outcome: TraceOutcome) -> Document:
    """One page for all targets."""
    trace = trace_of(outcome)
    contents = Contents(
        title=titled([target.target for target in trace.targets]),
        traces=(trace,),
        made=end_time(outcome.began, outcome.elapsed_s),
        tool_version=outcome.tool_version,
    )
    return Document(data=page(contents))
