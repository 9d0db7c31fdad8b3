"""A timeline can be read: nothing that is written stands in the way of anything else, and all of it is on the page."""

from itertools import combinations, pairwise

from hypothesis import HealthCheck, example, given, settings
from msgspec.structs import replace

from gnomon.core.lineage import Lineage
from gnomon.core.severity import Confidence
from gnomon.render.timeline.layout import timeline
from gnomon.render.timeline.listing import listing
from gnomon.render.timeline.picture import WIDTH, Label, Mark, Picture
from tests.render.trace_hostile import LINEAGES
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, VLLM, edge, node, outcome

NOTES = ("Incomplete: 2 skipped files",)
CROWDED = Lineage(
    nodes=tuple(
        node(
            f"n{number}",
            f"an-organisation-with-a-long-name/project-{number % 12}-of-it-with-a-longer-name",
            f"SomeClassThatHasAVeryLongName{number}.and_a_method_with_a_name_that_is_even_longer_than_that",
            *((f"0.{at}", f"2025-{1 + at % 12:02}-15", "unfixed" if at % 3 else "fixed") for at in range(number % 14)),
            seen="2024-11-11" if number % 2 else "",
        )
        for number in range(60)
    ),
    edges=tuple(edge(f"n{number}", f"n{number * 2 + 1}", 0.9, Confidence.HIGH) for number in range(29)),
)
slowly = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(lineage=LINEAGES.filter(lambda lineage: lineage.nodes))
@example(lineage=LINEAGE)
@example(lineage=CROWDED)
def test_no_text_overlaps_other_text_or_a_mark(lineage):
    """Boxes of all labels, of the axis and the legend too, are apart, and no mark is on a letter."""
    picture = timeline(lineage, NOTES, "gnomon 0.1.0")

    assert _collisions(picture) == []


@slowly
@given(lineage=LINEAGES.filter(lambda lineage: lineage.nodes))
@example(lineage=LINEAGE)
@example(lineage=CROWDED)
def test_everything_is_on_the_page(lineage):
    """No label, mark or arrow leaves the picture."""
    picture = timeline(lineage, NOTES, "gnomon 0.1.0")

    places = [(x, y) for left, top, right, bottom in _boxes(picture) for x, y in ((left, top), (right, bottom))]
    places += [(arrow.trunk, arrow.end[1]) for arrow in picture.arrows]
    places += [arrow.start for arrow in picture.arrows]
    assert [place for place in places if not (0 <= place[0] <= WIDTH and 0 <= place[1] <= picture.height)] == []


def test_marks_that_tell_something_new_are_apart():
    """A fix and its return two days later are two marks; so are two moments on the same day."""
    same_day = node("a", "p", "f", ("1", "2024-01-01", "unfixed"), ("2", "2024-01-01", "fixed"))

    marks = timeline(Lineage(nodes=(*LINEAGE.nodes, same_day), edges=())).marks

    by_row: dict[float, list[Mark]] = {}
    for mark in marks:
        if not mark.is_small and mark.note:
            by_row.setdefault(mark.y, []).append(mark)
    assert min(two.x - one.x - one.radius - two.radius for row in by_row.values() for one, two in pairwise(row)) > 0


def test_time_goes_to_the_right():
    """Marks of a row are in the order of their dates, and the same day is at the same place in every row."""
    days = ("2024-01-01", "2025-01-01", "2026-01-01")
    long = node("a", "p", "f", *((f"0.{at}", day, "unfixed") for at, day in enumerate(days)))
    short = node("b", "q", "g", ("1", "2025-01-01", "unfixed"))

    picture = timeline(Lineage(nodes=(long, short), edges=()))

    first, second, third, other = [mark.x for mark in picture.marks if mark.note]
    assert first < second < third
    assert other == second


def test_undated_code_stands_in_a_column_of_its_own():
    """What has no date is left of the axis, below the word that says so; without such code there is no column."""
    lost = node("a", "p", "f", ("1", "", "unfixed"))
    known = node("b", "q", "g", ("1", "2025-01-01", "unfixed"))

    picture = timeline(Lineage(nodes=(lost, known), edges=()))
    dated = timeline(Lineage(nodes=(known,), edges=()))

    [heading] = [label for label in picture.labels if label.text == "undated"]
    [mark] = [mark for mark in picture.marks if mark.note and "no date is known" in " ".join(mark.note)]
    year = min(label.x for label in picture.labels if label.text.isdigit())
    assert heading.x <= mark.x < heading.x + heading.width < year
    assert "undated" not in [label.text for label in dated.labels]


def test_an_arrow_ends_at_the_first_mark_of_the_copy():
    """It begins on the source's line at that time, or at the end of the line if that is earlier."""
    source = node("a", "p", "f", ("1", "2024-01-01", "unfixed"), ("2", "2025-01-01", "unfixed"))
    early, late = (
        node(name, name, "g", ("1", day, "unfixed")) for name, day in (("b", "2024-06-01"), ("c", "2026-01-01"))
    )

    picture = timeline(
        Lineage(
            nodes=(source, early, late),
            edges=(edge("a", "b", 1, Confidence.HIGH), edge("a", "c", 1, Confidence.LOW)),
        )
    )

    begin, end, to_early, to_late = [mark for mark in picture.marks if mark.note]
    first, second = [arrow for arrow in picture.arrows if arrow.note]
    assert (first.end[1], second.end[1]) == (to_early.y, to_late.y)
    assert 0 < to_early.x - first.end[0] < 8
    assert begin.x < first.start[0] == first.trunk < end.x
    assert end.x < second.start[0] < end.x + 8
    assert (first.start[1], second.start[1]) == (begin.y, begin.y)


def test_code_that_was_there_before_it_was_looked_at_is_hollow():
    """The mark on the day it was first seen is unknown, and the line from there says nothing of its state."""
    looked_at_late = next(each for each in LINEAGE.nodes if each.id == "aiter.mq")

    picture = timeline(Lineage(nodes=(looked_at_late,), edges=()))

    assert [mark.tone for mark in picture.marks if mark.note] == ["unknown", "flawed", "eased", "eased"]
    assert [stretch.tone for stretch in picture.stretches][:3] == ["unknown", "flawed", "eased"]
    assert "not looked at then" in picture.marks[0].note[-1]


def test_every_piece_of_code_has_a_mark_with_evidence():
    """As many rows as nodes, each with its path, and every arrow with its clues."""
    picture = timeline(LINEAGE)

    rows = {mark.y for mark in picture.marks if mark.note}
    assert len(rows) == len(LINEAGE.nodes)
    assert len([arrow for arrow in picture.arrows if arrow.note]) == len(LINEAGE.edges)
    assert "dates: first seen 125 days later" in picture.arrows[0].note


def test_names_that_are_too_long_keep_both_ends():
    """What is left out is in the note."""
    long = "Outer." * 40 + "method"

    labels = timeline(Lineage(nodes=(node("a", "p", long, seen="2025-01-01"),), edges=())).labels

    [name] = [label for label in labels if label.note == long]
    assert name.text.startswith("Outer.")
    assert name.text.endswith("method")


def test_a_list_can_be_read_too():
    """Without a lineage, nothing of the list of copies overlaps either, and what copied nothing says so."""
    picture = listing(outcome(SGLANG, VLLM, CLEAN), NOTES, "gnomon 0.1.0")

    assert _collisions(picture) == []
    assert "no copy of the 24 known signatures was found in 1,204 functions" in [each.text for each in picture.labels]
    assert [mark.tone for mark in picture.marks[:4]] == ["flawed", "eased", "unknown", "safe"]


def test_the_heading_counts_copies_in_the_lineage_alone():
    """An edge to code that isn't there is no copy."""
    lineage = replace(LINEAGE, edges=(*LINEAGE.edges, edge("vllm.mq", "nobody", 1, Confidence.HIGH)))

    assert timeline(lineage).summary == timeline(LINEAGE).summary


def _boxes(picture: Picture) -> list[tuple[float, float, float, float]]:
    return [*(label.box for label in picture.labels), *map(_box, picture.marks)]


def _box(mark: Mark) -> tuple[float, float, float, float]:
    return mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius


def _collisions(picture: Picture) -> list[tuple[Label, Label | Mark]]:
    labels = [(label, label.box) for label in picture.labels if label.text]
    marks = [(mark, _box(mark)) for mark in picture.marks]
    pairs = [*combinations(labels, 2), *((label, mark) for label in labels for mark in marks)]
    return [
        (one, other)
        for (one, (left, top, right, bottom)), (other, (left2, top2, right2, bottom2)) in pairs
        if left < right2 and left2 < right and top < bottom2 and top2 < bottom
    ]
