"""One family of flawed code: what is still there, whom it was taken from, and which edges are not believed."""

from msgspec.structs import replace

from gnomon.core.lineage import Clue, Edge
from gnomon.core.severity import Confidence, Severity
from gnomon.trace.attribution import attributions, by_last_name
from gnomon.trace.families import Flaw, exposure_of, is_doubtful, told, urgency
from gnomon.trace.held import Held
from gnomon.trace.strains import FIRST_SEEN, Release, Sighting
from tests.trace.code import SERVER, unit

QUEUE = unit(SERVER, "Queue.dequeue")


def flaw(project, label, date, state="unfixed", **more):
    """The queue in that release."""
    release = Release(project=project, label=label, date=date, basis=FIRST_SEEN)
    path = f"{project}/queue.py"
    sighting = Sighting(release=release, path=path, unit=QUEUE, state=state, reason="as told")
    return Flaw(1, release, Held(path=path, unit=QUEUE, sighting=sighting, **more))


def said(*flaws, releases=()):
    """What the family says."""
    looked_at: dict[str, list[Release]] = {}
    for release in dict.fromkeys((*(each.release for each in flaws), *releases)):
        looked_at.setdefault(release.project, []).append(release)
    return told(flaws, looked_at, (), by_last_name(looked_at, {}))


def test_what_is_still_there_is_told_with_its_source_and_its_spread():
    """Through two hands: the first has it from nobody, and two projects have it from there."""
    family = said(
        flaw("maker", "1", "2024-01-01", severity="critical", reach="any-host", authentication="none"),
        flaw("maker", "2", "2024-02-01", severity="high", reach="configurable", authentication="none"),
        flaw("copier", "1", "2024-03-01", severity="critical", reach="any-host", authentication="none"),
        flaw("repaired", "1", "2024-04-01"),
        flaw("repaired", "2", "2024-05-01", state="fixed"),
    )
    standing = {each.project: each for each in family.standing}

    assert standing.keys() == {"maker", "copier"}
    assert (standing["maker"].source, standing["maker"].spread, standing["maker"].releases) == ("", 2, 2)
    assert (standing["maker"].exposure.reach, standing["maker"].since, standing["maker"].release) == (
        "configurable", "1", "2",
    )  # fmt: skip
    assert (standing["copier"].source, standing["copier"].confidence) == ("maker", Confidence.HIGH)
    assert [each.project for each in sorted(family.standing, key=urgency)] == ["copier", "maker"]
    assert (family.family.origin, family.family.projects, family.family.unsafe) == ("maker", 3, 2)


def test_code_that_is_gone_does_not_stand():
    """A later release that was looked at and does not have it ends it."""
    later = Release(project="maker", label="2", date="2024-02-01", basis=FIRST_SEEN)

    assert said(flaw("maker", "1", "2024-01-01"), releases=[later]).standing == ()


def test_a_project_that_was_looked_at_elsewhere_is_not_called_unknown():
    """A comment names a project that has none of the family: its source is not drawn as one nobody looked at."""
    comment = "\n" * 40 + "# Adapted from https://github.com/x/other/blob/main/queue.py\n"
    one = flaw("copier", "1", "2024-01-01")
    sighting = replace(one.held.sighting, attributions=tuple(attributions(comment)))
    one = Flaw(1, one.release, replace(one.held, sighting=sighting))
    other = Release(project="other", label="1", date="2024-01-01")

    assert [edge.source for edge in said(one).edges] == ["x/other::queue.py"]
    assert said(one, releases=[other]).edges == ()


def test_reach_that_nobody_told_is_unknown():
    """A copy in which scan has no finding: no severity, and no reach is guessed."""
    exposure = exposure_of(flaw("maker", "1", "2024-01-01").held)

    assert (exposure.severity, exposure.reach, exposure.authentication) == (None, "unknown", "unknown")


def test_authenticated_code_comes_last():
    """Whatever its reach; severity and lock are those of the finding."""
    open_ = flaw("open", "1", "2024-01-01", severity="medium", reach="this-host", authentication="none")
    held = flaw("held", "1", "2024-01-01", severity="note", reach="any-host", authentication="curve", effective=True)
    family = said(open_, held)

    assert [each.project for each in sorted(family.standing, key=urgency)] == ["open", "held"]
    assert exposure_of(held.held).severity is Severity.NOTE


def test_a_likeness_of_less_than_half_is_doubtful():
    """Unless a comment says that the code was taken; one that only points somewhere says nothing."""
    edge = Edge(source="a", target="b", similarity=0.4, shared=3, of=10, confidence=Confidence.LOW, clues=())
    comment = Clue(kind="attribution", note="line 3 says: Adapted from https://example.org/a/b")
    link = Clue(kind="attribution", note="line 3 says: https://github.com/a/b/blob/main/c.py")

    assert is_doubtful(edge)
    assert not is_doubtful(replace(edge, shared=5))
    assert not is_doubtful(replace(edge, confidence=Confidence.MEDIUM))
    assert not is_doubtful(replace(edge, clues=(comment,)))
    assert is_doubtful(replace(edge, clues=(link,)))
