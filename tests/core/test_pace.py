"""How far many targets are, and how long the rest will take."""

import pytest

from gnomon.core.pace import Pace, duration


def test_time_goes_by_bytes_where_they_are_known():
    """Half the bytes in 60 s leave 60 s, however many targets that is; one of unknown size counts as the mean."""
    pace = Pace(weights={"large": 300, "small": 50, "other": 50, "unknown": 0}, began=100.0)
    assert pace.left_s(130.0) is None
    assert pace.words(130.0) == "0 of 4 examined"

    pace.finished("large", failed=False)

    assert pace.left_s(160.0) == pytest.approx(60 * (100 + 400 / 3) / 300)
    assert pace.words(160.0) == "1 of 4 examined, about 47 s left"

    for target in ("small", "other", "unknown"):
        pace.finished(target, failed=target == "other")

    assert pace.words(200.0) == "4 of 4 examined, 1 failed, about 0 s left"


def test_without_any_size_targets_count_alike():
    """A third of them is a third of the work."""
    pace = Pace(weights={"a": 0, "b": 0, "c": 0}, began=0.0)
    pace.finished("a", failed=False)

    assert pace.left_s(50.0) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5_399, "90 min"), (5_400, "1.5 h"), (200_000, "2.3 days")],
)
def test_durations_are_told_as_people_do(seconds, told):
    """In seconds, minutes, hours or days."""
    assert duration(seconds) == told
