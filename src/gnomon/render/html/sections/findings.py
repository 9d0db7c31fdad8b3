"""Each finding: the way the bytes take, who can reach the endpoint, and what to do."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None yet."""
    return None
