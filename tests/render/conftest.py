"""Golden files: compared, or with `--golden` or GOLDEN=1 rewritten; and the one report they are made from."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
sys.path.insert(0, str(ROOT))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/render --golden`."""
    parser.addoption("--golden", action="store_true", help="rewrite tests/golden; review the diff")


@pytest.fixture
def matches_golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], bool]:
    """True if the golden file of that name holds these bytes, or was just rewritten with them."""
    rewrite = request.config.getoption("--golden", default=False) or os.environ.get("GOLDEN") == "1"

    def matches(name: str, document: bytes) -> bool:
        path = GOLDEN / name
        if rewrite:
            path.write_bytes(document)
        return path.exists() and path.read_bytes() == document

    return matches
