"""The table of survivors says what was measured."""

from msgspec.structs import replace

from bench.hostile.results import Outcome
from bench.hostile.tables import checks, lost, survivals

GOOD = Outcome(
    tool="a", case="one", kind="parse", ended=True, reported=True, silent=(), outside=False, harmless=True,
    seconds=1.0, peak_mb=50.0,
)  # fmt: skip


def test_each_thing_asked_decides_about_survival():
    """But what a terminal would obey does not."""
    for change in (
        {"ended": False}, {"reported": False}, {"silent": ("a.py",)}, {"outside": True}, {"peak_mb": 1001.0},
    ):  # fmt: skip
        assert not replace(GOOD, **change).survived
    assert replace(GOOD, harmless=False).survived


def test_survivors_are_counted_by_class():
    """And what was lost is named."""
    outcomes = {"a": [GOOD, replace(GOOD, kind="trust", case="two"), replace(GOOD, case="three", ended=False)]}

    assert "| a | 2/3 | 1/2 | 0/0 | 0/0 | 0/0 | 0/0 | 1/1 |" in survivals(outcomes)
    assert "| a | 2/3 | 3/3 | 3/3 | 3/3 | 3/3 | 3/3 | 50 | 1.0 |" in checks(outcomes)
    assert lost(outcomes) == "- a loses: three."
