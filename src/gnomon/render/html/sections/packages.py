"""What is installed, and whether it has known flaws."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None."""
    return None
