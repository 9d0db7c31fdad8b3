"""Lanes follow the way the code took."""

from gnomon.core.lineage import Lineage
from gnomon.core.severity import Confidence
from gnomon.render.timeline.lanes import lanes
from tests.render.trace_sample import edge, node

A = node("a", "origin", "f", seen="2024-05-01")
B = node("b", "copy", "f", seen="2024-06-01")
C = node("c", "copy of copy", "f", seen="2025-01-01")
OLD = node("old", "another origin", "g", seen="2023-01-01")
LATE = node("late", "late copy", "f", seen="2026-01-01")


def test_origins_are_on_top_and_copies_below_their_source():
    """The oldest origin first; each project directly below what it copied from, with its own copies below it."""
    lineage = Lineage(
        nodes=(LATE, C, B, A, OLD),
        edges=(
            edge("a", "b", 1, Confidence.HIGH),
            edge("b", "c", 1, Confidence.HIGH),
            edge("a", "late", 1, Confidence.LOW),
        ),
    )

    assert [lane.project for lane in lanes(lineage)] == [
        "another origin",
        "origin",
        "copy",
        "copy of copy",
        "late copy",
    ]


def test_an_origin_that_later_copied_something_stays_an_origin():
    """What a project began with decides."""
    back = node("back", "origin", "h", seen="2026-01-01")
    lineage = Lineage(
        nodes=(A, B, back), edges=(edge("a", "b", 1, Confidence.HIGH), edge("b", "back", 1, Confidence.HIGH))
    )

    assert [lane.project for lane in lanes(lineage)] == ["origin", "copy"]


def test_projects_that_copied_from_one_another_have_their_lanes():
    """None is lost in a circle, and the oldest begins."""
    circle = Lineage(nodes=(B, A), edges=(edge("a", "b", 1, Confidence.LOW), edge("b", "a", 1, Confidence.LOW)))

    assert [lane.project for lane in lanes(circle)] == ["origin", "copy"]
