"""A flood of bad input is counted, and can't flood the log."""

import logging

from gnomon.wire.stats import Complaints, Counts, shown


def test_a_second_has_one_line_and_tells_of_the_others(caplog):
    """What was left out is counted in the next line."""
    now = 0.0
    complaints = Complaints(interval_s=1, clock=lambda: now)

    with caplog.at_level(logging.WARNING, "gnomon.wire"):
        for _ in range(1000):
            complaints.say("bad")
        now = 1.0
        complaints.say("worse")
        now = 2.0
        complaints.say("last")

    assert caplog.messages == ["bad", "worse (and 999 more like it)", "last"]


def test_what_a_stranger_sent_is_shown_and_not_obeyed():
    """Control characters, other scripts and formats become escapes on one short line."""
    assert shown("a\x1b[31m\n\u202eb\U0001f600%s") == "a\\x1b[31m\\n\\u202eb\\U0001f600%s"
    assert len(shown("x" * 10_000)) == 300


def test_a_snapshot_does_not_change():
    """Later counts are in later snapshots."""
    counts = Counts()
    before = counts.snapshot()
    counts.refused["bad-tag"] += 1
    counts.sent += 1

    assert (before.sent, before.refused) == (0, {})
    assert (counts.snapshot().sent, counts.snapshot().refused) == (1, {"bad-tag": 1})
