"""`gnomon audit --format html`: packages and their flaws as a page."""

from gnomon.render.audit_json import audit_of
from gnomon.render.audit_outcome import AuditOutcome
from gnomon.render.html.contents import Contents
from gnomon.render.html.page import page
from gnomon.render.html.words import titled
from gnomon.render.outcome import Document, end_time


def write(outcome: AuditOutcome) -> Document:
    """One page for the target."""
    audit = audit_of(outcome)
    contents = Contents(
        title=titled([audit.target]),
        audits=(audit,),
        made=end_time(outcome.began, outcome.elapsed_s),
        tool_version=outcome.tool_version,
    )
    return Document(data=page(contents))
