"""The blocks of the documentation that are generated into pages written by hand."""

from pathlib import Path


def block(name: str, root: Path) -> str:
    """Text of the block `name`, without a newline at its end."""
    return ""
