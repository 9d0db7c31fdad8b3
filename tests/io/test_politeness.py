"""Downloads wait when a server says so, take turns, leave room on the disk, and are fetched once."""

import pytest

from gnomon.core.errors import Unavailable
from gnomon.io import downloads, locks, politeness, pypi
from gnomon.io.politeness import pause_s
from gnomon.io.pypi import Wanted, download
from gnomon.io.releases import releases

MAX = 10_000_000
WHEEL = "pkg-1.0-py3-none-any.whl"


@pytest.fixture
def wheel(zipped, source) -> bytes:
    """A wheel of one module."""
    return zipped({"pkg/a.py": source})


@pytest.mark.parametrize(
    ("attempt", "asked", "least"),
    [
        (1, "", 1.0),
        (4, "", 8.0),
        (40, "", 60.0),
        (1, "7", 7.0),
        (3, "0", 0.0),
        (1, "Thu, 01 Jan 1970 00:16:50 GMT", 10.0),
        (2, "soon", 2.0),
    ],
)
def test_a_server_says_how_long_to_wait_and_else_it_is_ever_longer(attempt, asked, least):
    """In seconds or as a date; what is neither counts as nothing. A random part is added, a quarter at most."""
    waits = [pause_s(attempt, asked, 1_000.0) for _ in range(20)]

    assert all(least <= wait <= least + max(least, 1) / 4 for wait in waits)
    assert len(set(waits)) > 1


def test_a_busy_server_is_asked_again_by_who_has_the_patience(index, wheel):
    """A plain download is told at once; one of a survey waits as long as the server says."""
    index.add(WHEEL, wheel)
    index.busy = 2
    with pytest.raises(Unavailable, match="HTTP status 429"):
        download("pkg==1.0", MAX)
    asked = len(index.asked)

    release = download("pkg==1.0", MAX, Wanted(patience_s=10))

    assert release.version == "1.0"
    assert len(index.asked) == asked + 3


def test_a_server_that_asks_for_longer_than_anybody_waits_is_told(index, wheel):
    """An hour is no pause: it may pass, later."""
    index.add(WHEEL, wheel)
    index.busy, index.retry_after = 1, "3600"

    with pytest.raises(Unavailable, match="HTTP status 429"):
        download("pkg==1.0", MAX, Wanted(patience_s=5_000))


def test_no_more_downloads_than_agreed_go_on_at_once(index, wheel, monkeypatch):
    """Whoever comes then waits, and is told if nobody ends; processes share the places."""
    index.add(WHEEL, wheel)
    monkeypatch.setattr(politeness, "_PATIENCE_S", 0.1)
    held = [politeness.turn(index.url) for _ in range(politeness.AT_ONCE)]
    for each in held:
        each.__enter__()

    with pytest.raises(Unavailable, match="downloads from 127"):
        download("pkg==1.0", MAX)
    held[0].__exit__(None, None, None)

    assert download("pkg==1.0", MAX).version == "1.0"
    for each in held[1:]:
        each.__exit__(None, None, None)


def test_a_download_for_one_look_is_removed_and_another_is_kept(index, wheel):
    """What somebody else had downloaded before stays."""
    index.add(WHEEL, wheel)

    release = download("pkg==1.0", MAX, Wanted(passing=True))
    assert release.path.exists()
    release.done()
    assert list(downloads.folder().iterdir()) == []

    kept = download("pkg==1.0", MAX)
    download("pkg==1.0", MAX, Wanted(passing=True)).done()
    assert kept.path.exists()


def test_a_download_leaves_the_room_that_it_is_told_to(index, wheel):
    """Nothing is fetched, and it is told as what may pass."""
    index.add(WHEEL, wheel)

    with pytest.raises(Unavailable, match="would leave less than") as raised:
        download("pkg==1.0", MAX, Wanted(spare_bytes=1 << 60))

    assert "make room" in raised.value.remedy
    assert list(downloads.folder().iterdir()) == []


def test_what_a_killed_run_was_fetching_goes_and_what_another_is_fetching_stays(index, wheel, monkeypatch):
    """The lock of a file tells whether somebody is at it."""
    index.add(WHEEL, wheel)
    monkeypatch.setattr(downloads, "_ABANDONED_S", -1)
    downloads.prepare(downloads.folder())
    abandoned, fetching = (downloads.folder() / name for name in (".new-abandoned", ".new-fetching"))
    abandoned.touch()
    with fetching.open("wb") as file:
        assert locks.held(file.fileno())
        download("pkg==1.0", MAX)

    assert (abandoned.exists(), fetching.exists()) == (False, True)


def test_a_projects_page_is_fetched_once_for_all_of_its_releases(index, wheel, monkeypatch):
    """Within an hour; a release that is not on the kept page is looked for on a new one."""
    for version in ("1.0", "1.1"):
        index.add(f"pkg-{version}-py3-none-any.whl", wheel + version.encode())
    assert [str(each.version) for each in releases("pkg", recent=True)] == ["1.0", "1.1"]
    for version in ("1.0", "1.1"):
        download(f"pkg=={version}", MAX, Wanted(recent=True))
    assert [path for path in index.asked if "simple" in path] == ["/simple/pkg/"]

    index.add("pkg-1.2-py3-none-any.whl", wheel)

    assert download("pkg==1.2", MAX, Wanted(recent=True)).version == "1.2"
    assert pypi.settings_here() is pypi.settings_here()
