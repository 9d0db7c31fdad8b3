"""Any bytes are a baseline, or are refused."""

import contextlib
from pathlib import Path

from gnomon.core.errors import GnomonError
from gnomon.io.baselines import read_baseline
from tests.fuzz.anonymous import with_file

SEEDS = (
    b'{"schema": 1, "findings": [{"fingerprint": "a", "severity": "high"}], "suppressed": []}',
    b'{"schema": 1, "findings": [], "suppressed": [{"finding": {"fingerprint": "b", "severity": "low"}}]}',
    b'[{"schema": 1, "findings": []}, {"schema": 1, "findings": [{"fingerprint": "a\\u0000", "severity": "x"}]}]',
    b'{"schema": 2, "findings": []}',
)


def once(data: bytes) -> None:
    """Each fingerprint it knows has a severity."""
    with contextlib.suppress(GnomonError):
        with_file(data, _read)


def _read(path: Path) -> None:
    assert all(read_baseline(str(path)).known.values())
