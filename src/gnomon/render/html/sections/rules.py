"""What the rules mean that have findings: the text of `gnomon explain`."""

from gnomon.render.html.contents import Contents, Section


def section(_contents: Contents) -> Section | None:
    """None yet."""
    return None
