"""Which releases an index offers, asked so that it need not say the same twice."""

import pytest

from gnomon.io.listing import Offer, listings
from gnomon.io.pip_settings import PipSettings


def offered(index, known=None, name="pkg"):
    """What the index offers of the package."""
    (listing,) = listings([name], PipSettings(indexes=(index.url,), timeout_s=10), known or {}, 0)
    return listing


@pytest.mark.parametrize("html", [False, True])
def test_every_release_with_its_day_and_what_is_withdrawn(index, html):
    """In the order of versions; a release of which one file stands, stands. Pages of HTML tell no days."""
    index.html = html
    for name in ("pkg-1.10.tar.gz", "pkg-1.9.tar.gz", "pkg-1.9-py3-none-any.whl", "pkg-1.2.tar.gz", "pkg-2.exe"):
        index.add(name, b"")
    index.yanked = {"pkg-1.2.tar.gz", "pkg-1.9.tar.gz"}
    index.uploaded = {"pkg-1.9.tar.gz": "2025-05-02T00:00:00Z", "pkg-1.9-py3-none-any.whl": "2025-05-01T00:00:00Z"}

    assert offered(index).offers == (
        Offer(version="1.2", yanked=True),
        Offer(version="1.9", uploaded="" if html else "2025-05-01"),
        Offer(version="1.10"),
    )


def test_a_page_that_is_known_is_not_sent_again(index):
    """The index says 304, and what it said before holds; a new release is seen all the same."""
    index.etags = True
    index.add("pkg-1.0.tar.gz", b"")
    first = offered(index)
    (page,) = first.pages.values()
    assert page.etag

    again = offered(index, first.pages)
    index.add("pkg-1.1.tar.gz", b"")
    later = offered(index, first.pages)

    assert (again.offers, again.pages) == (first.offers, first.pages)
    assert [offer.version for offer in later.offers] == ["1.0", "1.1"]


def test_an_index_that_does_not_answer_is_not_one_without_releases(index):
    """Silence is told with its reason; a project that the index does not have is no silence."""
    assert offered(index, name="nosuch").silent == ()

    index.status = 503
    silent = offered(index)

    assert silent.silent == (f"{index.url}/pkg/: HTTP status 503",)
    assert silent.offers == ()


def test_a_host_that_is_silent_is_left_alone(index):
    """A thousand packages are not asked for one by one while nothing answers; each is told as not known."""
    index.status = 503
    names = [f"pkg{number}" for number in range(40)]

    told = list(listings(names, PipSettings(indexes=(index.url,), timeout_s=10), {}, 0))

    assert all(each.silent for each in told)
    assert "did not answer" in told[-1].silent[0]
    assert len(index.asked) < 10


def test_offline_nobody_is_asked(index, monkeypatch):
    """That is silence, too."""
    monkeypatch.setenv("GNOMON_OFFLINE", "1")

    assert offered(index).silent == (f"{index.url}/pkg/: not asked: GNOMON_OFFLINE is set",)
    assert index.asked == []
