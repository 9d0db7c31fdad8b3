"""`gnomon scan --format html`: the answers of one run as a page."""

from gnomon.render.html.contents import Contents
from gnomon.render.html.page import page
from gnomon.render.html.words import titled
from gnomon.render.json import report_of
from gnomon.render.outcome import Document, Outcome


def write(outcome: Outcome) -> Document:
    """One page for all targets, made when the last of them was ready."""
    reports = tuple(map(report_of, outcome.reports))
    contents = Contents(
        title=titled([report.target for report in reports]),
        scans=reports,
        rules=tuple(outcome.rules),
        made=outcome.answers[-1].end_time,
        tool_version=reports[0].tool.version,
    )
    return Document(data=page(contents))
