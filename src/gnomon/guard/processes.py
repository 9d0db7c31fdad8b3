"""Placeholder until delivery is merged."""


def register(folder: str, mode: str, digest: str) -> None:
    """Nothing yet."""
