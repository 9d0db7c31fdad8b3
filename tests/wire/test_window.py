"""A counter is taken once, and not too late."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.wire.window import Window


def taken(size: int, counters: list[int], *, earlier: bool = False) -> list[int | str]:
    """What the window said to each: how many went missing, or why it refused."""
    window = Window(size, earlier=earlier)
    return [window.refuses(counter) or window.take(counter) for counter in counters]


def test_counters_in_order_are_taken_once():
    """Each is new, a second time it is a replay."""
    assert taken(8, [1, 2, 3, 3, 2, 1]) == [0, 0, 0, "replayed", "replayed", "replayed"]


def test_a_gap_is_counted_and_closed_by_who_comes_late():
    """The sum over a session is what has not come."""
    assert taken(8, [1, 5, 3, 4, 3]) == [0, 3, -1, -1, "replayed"]


def test_what_is_further_behind_than_the_window_is_too_old():
    """Its last place is still in it."""
    assert taken(3, [1, 10, 7, 6]) == [0, 8, -1, "too-old"]


def test_a_window_of_nothing_takes_counters_in_order_alone():
    """Gaps are fine, late ones are not."""
    assert taken(0, [1, 3, 2, 3, 4]) == [0, 1, "too-old", "replayed", 0]


def test_nothing_before_the_first_one_is_taken():
    """Whoever joins late, or begins anew, does not go back."""
    assert taken(1024, [100, 99, 101, 100]) == [0, "too-old", 0, "replayed"]


def test_those_before_the_first_one_are_taken_where_it_is_said():
    """As far behind as others; each once."""
    assert taken(3, [100, 99, 97, 96, 99, 101, 97], earlier=True) == [0, -1, -1, "too-old", "replayed", 0, "too-old"]


def test_a_large_window_is_no_larger_than_what_came():
    """Nor larger than its size, however far a counter jumps."""
    window = Window(1 << 16)
    for counter in (*range(5_000), *range(10**6, 10**6 + 200_000, 3), 1 << 60):
        window.take(counter)
        assert sys.getsizeof(window._seen) + sum(map(sys.getsizeof, window._seen.values())) < 20_000


def test_a_session_may_begin_with_0():
    """No counter is special."""
    assert taken(4, [0, 0, 1]) == [0, "replayed", 0]


def test_a_jump_to_the_last_counter_takes_no_memory_and_no_time():
    """Neither forward, nor in asking for what lies far behind."""
    last = (1 << 64) - 1

    assert taken(1024, [1, last, 2, last - 1, last]) == [0, last - 2, "too-old", -1, "replayed"]


def test_no_window_is_smaller_than_nothing():
    """A negative size is a mistake."""
    with pytest.raises(ValueError, match="0 or more"):
        Window(-1)


@settings(deadline=None)
@given(st.integers(0, 20), st.booleans(), st.sampled_from((1, 100)), st.lists(st.integers(0, 60), max_size=80))
def test_it_says_what_a_list_of_all_counters_would_say(size, earlier, step, counters):
    """Received, and not more than `size` behind the newest, and not before the first, unless `earlier`."""
    size *= step
    window, seen = Window(size, earlier=earlier), []
    for counter in (step * each for each in counters):
        new = counter not in seen and (not seen or (counter >= max(seen) - size and (earlier or counter >= seen[0])))

        assert (window.refuses(counter) == "") == new
        if new:
            window.take(counter)
            seen.append(counter)


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), max_size=80))
def test_the_sum_of_what_is_missed_is_what_did_not_come(counters):
    """As a subscriber adds it up."""
    window, seen, missing = Window(100), [], 0
    for counter in counters:
        if not window.refuses(counter):
            missing += window.take(counter)
            seen.append(counter)

    assert missing == (max(seen) - seen[0] + 1 - len(seen) if seen else 0)
