"""What made the page, and what was looked at."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None yet."""
    return None
