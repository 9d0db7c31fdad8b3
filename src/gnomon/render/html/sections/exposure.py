"""The exposure map: who can reach each socket, and what authenticates it."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None."""
    return None
