"""Who took it from whom: comments, dates and origins, and what is said where they are silent."""

from gnomon.core.severity import Confidence
from gnomon.trace.attribution import attributions
from gnomon.trace.lineage import lineage
from gnomon.trace.strains import FIRST_SEEN, Release, Sighting
from tests.trace.code import SERVER, unit
from tests.trace.test_copies import JSON, signature


def release(project, label, date="", basis=""):
    """One that was looked at."""
    return Release(project=project, label=label, date=date, basis=basis)


def sighting(of, state="unfixed", comment="", text=SERVER, **more):
    """The queue in that release."""
    return Sighting(
        release=of,
        path=f"{of.project}/queue.py",
        unit=unit(text, "Queue.dequeue"),
        state=state,
        reason="as told",
        attributions=tuple(attributions(comment)),
        **more,
    )


def drawn(*sightings, releases=(), signatures=()):
    """The lineage of these."""
    return lineage([*releases, *dict.fromkeys(each.release for each in sightings)], sightings, signatures)


def names(answer):
    """(source, target) of each edge, by project."""
    projects = {node.id: node.project for node in answer.nodes}
    return [(projects[edge.source], projects[edge.target]) for edge in answer.edges]


def test_history_says_who_was_first():
    """First-seen dates of git histories make a sure edge."""
    answer = drawn(
        sighting(release("younger", "c2", "2024-11-11", FIRST_SEEN)),
        sighting(release("older", "c1", "2024-07-09", FIRST_SEEN)),
    )

    assert names(answer) == [("older", "younger")]
    assert answer.edges[0].confidence is Confidence.HIGH
    assert answer.edges[0].shared == answer.edges[0].of


def test_releases_say_less():
    """A release has a day, and the code may be older: the edge is drawn, and called unsure."""
    answer = drawn(sighting(release("b", "2.0", "2024-11-11")), sighting(release("a", "1.0", "2024-07-09")))

    assert names(answer) == [("a", "b")]
    assert answer.edges[0].confidence is Confidence.LOW


def test_a_comment_outweighs_dates():
    """Who says that it was copied is believed, though the release of its source is younger."""
    answer = drawn(
        sighting(
            release("copier", "1.0", "2024-07-09"), comment="# Copied from https://github.com/x/maker/blob/a/b.py\n"
        ),
        sighting(release("maker", "2.0", "2025-01-01")),
    )

    assert names(answer) == [("maker", "copier")]
    assert answer.edges[0].confidence is Confidence.HIGH
    assert answer.edges[0].clues[0].kind == "attribution"


def test_an_origin_that_was_not_looked_at():
    """It comes from the signature, with what its makers did about it."""
    known = signature([("fixed", JSON)])
    answer = drawn(
        sighting(release("copier", "1.0", "2024-07-09"), signature=known.id),
        sighting(release("other", "1.0", "2023-01-01"), signature=known.id),
        signatures=[known],
    )
    origin = next(node for node in answer.nodes if node.project == "framework")

    assert sorted(names(answer)) == [("framework", "copier"), ("framework", "other")]
    assert [moment.state for moment in origin.moments] == ["unfixed", "fixed"]


def test_a_source_that_nobody_looked_at():
    """A comment alone names it: it is shown as not looked at, so that no other is taken for it."""
    answer = drawn(
        sighting(
            release("one", "1.0"), comment="\n" * 40 + "# Adapted from https://github.com/far/away/blob/main/queue.py\n"
        ),
        releases=[release("two", "1.0")],
    )
    ancestor = next(node for node in answer.nodes if node.project == "far/away")

    assert names(answer) == [("far/away", "one")]
    assert ancestor.moments == ()
    assert answer.edges[0].confidence is Confidence.LOW


def test_a_project_through_its_releases():
    """Fixed, back again, gone: each is a moment of one strain."""
    first, second, third, last = (release("p", f"{n}.0", f"2024-0{n}-01") for n in range(1, 5))
    answer = drawn(sighting(third), sighting(first), sighting(second, "fixed", text=JSON), releases=[last])
    (node,) = answer.nodes

    assert [moment.state for moment in node.moments] == ["unfixed", "fixed", "reintroduced", "removed"]
    assert answer.edges == ()


def test_fixed_when_it_was_copied():
    """A copy that never had the flaw, of a source that had it then."""
    answer = drawn(
        sighting(release("maker", "1.0", "2024-01-01", FIRST_SEEN)),
        sighting(release("copier", "1.0", "2024-06-01", FIRST_SEEN), "fixed", text=JSON),
    )
    states = {node.project: node.state for node in answer.nodes}

    assert names(answer) == [("maker", "copier")]
    assert states == {"maker": "unfixed", "copier": "fixed-at-copy"}


def test_order_of_arguments_does_not_matter():
    """The same lineage however the targets are named."""
    sightings = [
        sighting(release("a", "1.0", "2024-01-01", FIRST_SEEN)),
        sighting(release("b", "1.0", "2024-02-01", FIRST_SEEN)),
        sighting(release("c", "1.0", "2024-03-01", FIRST_SEEN), comment="# Copied from b/queue.py\n"),
    ]
    one, other = drawn(*sightings), drawn(*reversed(sightings))

    assert one == other
    assert names(one) == [("a", "b"), ("b", "c")]
