"""What could not be looked at, what was suppressed, and what else to know about the runs."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None yet."""
    return None
