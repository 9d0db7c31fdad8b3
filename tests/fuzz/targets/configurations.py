"""Any bytes are a configuration, or are refused with file and key."""

import contextlib
import os
import tempfile
from pathlib import Path

from gnomon.core.errors import GnomonError
from gnomon.io.configuration import configuration, named

SEEDS = (
    b'[tool.gnomon]\nmin-severity = "high"\nexclude = ["tests/**"]\ntrusted-networks = ["10.0.0.0/8"]\n',
    b'[tool.gnomon]\nrules = ["pickle-over-network"]\nall = true\n[[tool.gnomon.suppress]]\nrule = "x"\nreason = "y"\n',
    b'[project]\nname = "x"\n',
)


_FILE = Path(tempfile.gettempdir(), f"gnomon-fuzz-{os.getpid()}.toml")
"""A configuration is read from where a link leads to, so that one without a name is none."""


def once(data: bytes) -> None:
    """It has values, or a message."""
    _FILE.write_bytes(data)
    try:
        with contextlib.suppress(GnomonError):
            configuration(named(str(_FILE)))
    finally:
        _FILE.unlink()
