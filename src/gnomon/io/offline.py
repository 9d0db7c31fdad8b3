"""Whether the user has forbidden the network, whatever is asked."""

import os


def is_offline() -> bool:
    """True if GNOMON_OFFLINE is set, and not to 0."""
    return os.environ.get("GNOMON_OFFLINE", "0") not in ("", "0")
