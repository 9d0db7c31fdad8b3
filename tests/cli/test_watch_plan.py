"""Which releases are looked at, and which are news."""

from gnomon.cli.watch_plan import Choice, Plan, planned
from gnomon.io.listing import Listing, Offer
from gnomon.io.package_list import Watchword
from gnomon.io.watch_state import Memory


def plan(*versions: str, memory=None, examined=(), yanked=(), specifier="", releases=2, pre=False) -> Plan:
    """What to do if these are offered, lowest first."""
    offers = tuple(Offer(version=each, yanked=each in yanked, yanked_for="broken") for each in versions)
    word = Watchword(name="pkg", specifier=specifier)
    choice = Choice(releases=releases, pre=pre)
    return planned(word, Listing(name="pkg", offers=offers), memory, examined, choice)


def test_at_first_the_newest_are_looked_at_and_nothing_is_news():
    """All that is offered is the past, whether it is looked at, was looked at by a survey, or is not."""
    first = plan("0.9", "1.0", "1.1", examined={"1.0"})

    assert (first.begins, first.news, first.bases) == (True, (), ("1.0", "1.1"))
    assert first.offered == ("0.9", "1.0", "1.1")


def test_later_only_what_came_since():
    """Post-releases are releases."""
    memory = Memory(settled=("0.9", "1.0", "1.1"))
    later = plan("0.9", "1.0", "1.1", "1.1.post1", "1.2", memory=memory, examined={"1.0", "1.1"})

    assert (later.begins, later.news, later.bases) == (False, ("1.1.post1", "1.2"), ())
    assert plan("0.9", "1.0", "1.1", memory=memory, examined={"1.0", "1.1"}).wanted == ()


def test_a_patch_of_an_older_line_needs_the_release_before_it():
    """Which nobody had a reason to look at."""
    later = plan("0.9.4", "0.9.5", "1.0", memory=Memory(settled=("0.9.4", "1.0")), examined={"1.0"})

    assert (later.news, later.bases, later.wanted) == (("0.9.5",), ("0.9.4",), ("0.9.4", "0.9.5"))


def test_what_does_not_count_is_past_by_the_time_it_would():
    """Pre-releases, and versions that the list does not allow: asking for them later is no reason to tell old news."""
    memory = Memory(settled=("1.0",))
    now = plan("1.0", "1.1rc1", "2.0", memory=memory, examined={"1.0"}, specifier="<2")

    assert now.news == ()
    assert plan("1.0", "1.1rc1", "2.0", memory=Memory(settled=now.offered), pre=True).news == ()
    assert plan("1.0", "1.1rc1", memory=memory, examined={"1.0"}, pre=True).news == ("1.1rc1",)


def test_withdrawn_releases_are_told_once():
    """Those of the past are not; one that is withdrawn is not looked at, and is news should it be given again."""
    memory = Memory(settled=("1.0", "1.1"))
    now = plan("1.0", "1.1", "1.2", memory=memory, yanked={"1.1", "1.2"}, examined={"1.0", "1.1"})

    assert [(each.label, each.why) for each in now.withdrawn] == [("1.1", "broken"), ("1.2", "broken")]
    assert now.news == ()
    told = Memory(settled=now.offered, withdrawn=("1.1", "1.2"))
    assert plan("1.0", "1.1", "1.2", memory=told, yanked={"1.1", "1.2"}).withdrawn == ()
    assert plan("1.0", "1.1", "1.2", memory=told, yanked={"1.1"}, examined={"1.0"}).news == ("1.2",)
    assert plan("1.0", "1.1", yanked={"1.1"}).withdrawn == ()
