"""How many bytes this process has got from the network: a count for reports, that no answer depends on."""

_counts = {"received": 0}


def arrived(size: int) -> None:
    """Counts `size` more bytes."""
    _counts["received"] += size


def received() -> int:
    """Bytes since the process began, or since `forget`."""
    return _counts["received"]


def forget() -> None:
    """Begins anew."""
    _counts["received"] = 0
