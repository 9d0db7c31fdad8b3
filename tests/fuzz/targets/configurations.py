"""Any bytes are a configuration, or are refused with file and key."""

import contextlib
from pathlib import Path

from gnomon.core.errors import GnomonError
from gnomon.io.configuration import configuration, named
from tests.fuzz.anonymous import with_file

SEEDS = (
    b'[tool.gnomon]\nmin-severity = "high"\nexclude = ["tests/**"]\ntrusted-networks = ["10.0.0.0/8"]\n',
    b'[tool.gnomon]\nrules = ["pickle-over-network"]\nall = true\n[[tool.gnomon.suppress]]\nrule = "x"\nreason = "y"\n',
    b'[project]\nname = "x"\n',
)


def once(data: bytes) -> None:
    """It has values, or a message."""
    with contextlib.suppress(GnomonError):
        with_file(data, _read)


def _read(path: Path) -> None:
    configuration(named(str(path)))
