"""What counts as stopped, told or fired, and what the page says of it."""

import pytest

from bench.guard import tables
from bench.guard.catalogue import WAYS
from bench.guard.guarded import Answers, said
from bench.guard.results import COMMITTED, Gone, Outcome, read

ZODB = WAYS["zodbpickle"]
LOADS = WAYS["loads"]


@pytest.mark.parametrize(
    ("loaded", "fired", "told", "verdict"),
    [
        (True, False, "", "stopped"),
        (False, False, "", "refuses both"),
        (True, True, "", "fired"),
        (False, True, "", "fired"),
        (True, True, "its unpickler is its own", "not covered, and said so"),
        (True, False, "its unpickler is its own", "stopped"),
    ],
)
def test_a_verdict_needs_both_messages(loaded, fired, told, verdict):
    """To stop the marker is no merit if the harmless twin is stopped too, and what fires must be told."""
    assert Outcome(under="guard", loaded=loaded, fired=fired, said=told).verdict == verdict


def test_no_answer_is_no_merit():
    """A program that did not end has stopped nothing."""
    assert Outcome(under="guard", loaded=False, fired=False, answered=False).verdict == "broken"


def test_an_event_counts_for_the_way_that_it_names():
    """That guard does not cover something else is no honesty about this way."""
    told = {"event": "not-covered", "module": "zodbpickle", "why": "its unpicklers are its own"}

    assert said(Answers({}, (told,)), ZODB) == "its unpicklers are its own"
    assert said(Answers({}, (told | {"module": "pickle5"},)), ZODB) == ""
    assert said(Answers({}, (told | {"event": "refused"},)), ZODB) == ""
    assert said(Answers({}, (told,)), LOADS) == ""


def test_the_page_counts_what_was_gone():
    """Skipped ways are named, and count nowhere."""
    outcomes = (
        Outcome(under="nothing", loaded=True, fired=True),
        Outcome(under="fickling", loaded=False, fired=False),
        Outcome(under="guard", loaded=True, fired=True),
    )
    facts = {"kind": "opcode", "special": "s", "references": ("https://example.org",)}
    gone = [Gone(id="a", title="one", outcomes=outcomes, **facts)]

    assert "| fickling, always_check_safety | 1/1 (100 %) | 0/1 (0 %) | 0/1 (0 %) | 0/1 (0 %) |" in tables.totals(gone)
    assert "| gnomon guard | 0/1 (0 %) | 0/1 (0 %) | 1/1 (100 %) | 1/1 (100 %) |" in tables.totals(gone)
    assert "| one: s | [1](https://example.org) | refuses both | **fired** |" in tables.details(gone)


@pytest.mark.skipif(not COMMITTED.exists(), reason="nothing was kept yet")
def test_the_kept_run_has_every_way():
    """A way that was added is gone before its figures are kept, and none without its marker firing."""
    run = read()

    assert [one.id for one in run.ways] == list(WAYS)
    assert all(one.under("nothing").verdict == "fired" for one in run.ways if not one.skipped)
