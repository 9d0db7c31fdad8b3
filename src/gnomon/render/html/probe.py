"""`gnomon probe --format html`: sockets, whom they let in and whose they are, as a page."""

from gnomon.render.html.contents import Contents
from gnomon.render.html.page import page
from gnomon.render.html.words import titled
from gnomon.render.outcome import Document, end_time
from gnomon.render.probe_json import probe_of
from gnomon.render.probe_outcome import ProbeOutcome


def write(outcome: ProbeOutcome) -> Document:
    """One page for all that was asked."""
    probe = probe_of(outcome)
    contents = Contents(
        title=titled([probe.target]),
        probes=(probe,),
        rules=tuple(outcome.rules),
        made=end_time(outcome.began, outcome.elapsed_s),
        tool_version=probe.tool.version,
    )
    return Document(data=page(contents))
