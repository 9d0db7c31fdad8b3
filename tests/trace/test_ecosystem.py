"""The state of packages, and between whom flawed code went."""

from msgspec.structs import replace

from gnomon.trace.ecosystem import Looked, histories, looked, members, passages
from gnomon.trace.strains import Release
from tests.trace.test_families import flaw, said

GOOD = {"severity": "critical", "reach": "any-host", "authentication": "none"}


def release(label, *flaws, **more):
    """A release of one package with these."""
    return looked(Release(project="p", label=label, date=f"2024-0{label}-01"), [each.held for each in flaws], **more)


def state(*releases):
    """What is said of the package."""
    [history] = histories(releases, ())
    return history


def test_the_newest_release_decides():
    """Fixed, gone, back again; how long it was flawed is told beside it."""
    bad, fixed = flaw("p", "1", "", **GOOD), flaw("p", "1", "", state="fixed")

    history = state(release("2", bad), release("1", bad), release("3", fixed), release("4"))
    assert (history.state, history.newest, history.unsafe, history.flawed) == ("removed", "4", 0, 2)
    assert (history.first_flawed.label, history.last_flawed.label) == ("1", "2")
    assert history.exposure.reach == "any-host"
    assert state(release("1", bad), release("2", fixed)).state == "fixed"
    assert state(release("1", fixed), release("2", bad)).state == "unfixed"
    assert state(release("1")).state == "clear"


def test_what_is_authenticated_is_not_called_unsafe():
    """The load is there, and who sends is known."""
    held = flaw("p", "1", "", severity="note", reach="any-host", authentication="curve", effective=True)

    history = state(release("1", held))

    assert (history.state, history.unsafe, history.flawed) == ("authenticated", 0, 0)


def test_what_was_not_read_is_told():
    """No release that can be read is no clean package; one that could be beside it counts."""
    failed = Looked(release=Release(project="p", label=""), failed=True)

    assert (state(failed).state, state(failed).failed) == ("not-read", 1)
    history = state(failed, release("1", incomplete=True, advisories=["B", "A", "B"]))
    assert (history.state, history.incomplete, history.failed, history.advisories) == ("clear", 1, 1, ("A", "B"))


def test_passages_are_the_surest_edges_between_projects():
    """Two places that went the same way are one passage; within a project nothing goes anywhere."""
    family = said(flaw("maker", "1", "2024-01-01", **GOOD), flaw("copier", "1", "2024-03-01", **GOOD))
    other = replace(family, family=replace(family.family, id=2))

    [passage] = passages([family, other])

    assert (passage.source, passage.target, passage.places, passage.unsafe) == ("maker", "copier", 2, 2)
    assert passage.date == "2024-03-01"
    [history, _] = histories(
        [release("1"), replace(release("1"), release=Release(project="maker", label="1"))], [passage]
    )
    assert history.gave_to == ("copier",)
    assert [(each.name, each.looked_at) for each in members([passage], [history], family.nodes)] == [
        ("copier", False),
        ("maker", True),
    ]
