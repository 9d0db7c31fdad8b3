"""How bad it is, where, who can reach it, and what to do next."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None yet."""
    return None
