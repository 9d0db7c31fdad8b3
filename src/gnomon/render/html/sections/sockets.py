"""What listens, as it was probed."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None."""
    return None
