"""Any bytes are a baseline, or are refused."""

import contextlib
from pathlib import Path

from gnomon.core.errors import GnomonError
from gnomon.io.baselines import read_baseline
from tests.fuzz.anonymous import with_file

SEEDS = (
    b'{"schema": 1, "findings": [{"fingerprint": "a"}], "suppressed": [{"finding": {"fingerprint": "b"}}]}',
    b'[{"schema": 1, "findings": []}, {"schema": 1, "findings": [{"fingerprint": "a\\u0000"}]}]',
    b'{"schema": 2, "findings": []}',
)


def once(data: bytes) -> None:
    """Its counts are positive."""
    with contextlib.suppress(GnomonError):
        with_file(data, _read)


def _read(path: Path) -> None:
    assert all(count > 0 for count in read_baseline(str(path)).known.values())
