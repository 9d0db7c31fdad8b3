"""Which releases of a project the package indexes offer; a page that is known already is not sent again.

A daily look at a thousand projects asks for a thousand pages, most of which have not changed: an index that gives an
`ETag` or `Last-Modified` (RFC 9110 §13) answers those with 304 and no body.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from msgspec import Struct
from packaging.version import Version

from gnomon.io import index_pages
from gnomon.io.offers import NOT_FOUND, fetched, is_remote, links_of, local_page, parsed, places_of
from gnomon.io.offline import is_offline
from gnomon.io.pip_settings import PipSettings
from gnomon.io.simple_index import Link, NotIndex
from gnomon.io.transfer import NoAnswer, Transfer, shown

AT_ONCE = 4
"""Pages that are asked for at a time."""
_NOT_MODIFIED = 304
_MOST_FAILURES = 5
"""In a row, after which a host is asked no more: a thousand packages must not wait for it a thousand times."""


class Offer(Struct, frozen=True, kw_only=True):
    """A release that can be had. Untrusted text, but for the version."""

    version: str
    """In its normal form (PEP 440)."""
    uploaded: str = ""
    """ISO 8601 day of its first file; "" if the index does not tell."""
    yanked: bool = False
    """All of its files are withdrawn (PEP 592)."""
    yanked_for: str = ""


class Page(Struct, frozen=True, kw_only=True):
    """What a place has answered, and by what it knows that again."""

    offers: tuple[Offer, ...] = ()
    etag: str = ""
    modified: str = ""


class Listing(Struct, frozen=True, kw_only=True):
    """What all places offer of a project."""

    name: str
    offers: tuple[Offer, ...] = ()
    """The lowest version first."""
    pages: Mapping[str, Page] = {}
    """By address without credentials, for the next time."""
    silent: tuple[str, ...] = ()
    """Places that did not answer, and why: then the offers may not be all."""


class _Silence:
    """Hosts that do not answer: after a few times nobody asks them any more, in this run. Offline nobody is asked."""

    def __init__(self, *, offline: bool) -> None:
        self._offline = offline
        self._failures: Counter[str] = Counter()

    def of(self, place: str) -> str:
        """Why the place is not asked; "" if it is."""
        if self._offline and is_remote(place):
            return "not asked: GNOMON_OFFLINE is set"
        failures = self._failures[urlsplit(place).netloc]
        return f"not asked, since its host did not answer {failures} times" if failures >= _MOST_FAILURES else ""

    def note(self, place: str, *, silent: bool) -> None:
        """Counts silences in a row."""
        host = urlsplit(place).netloc
        self._failures[host] = self._failures[host] + 1 if silent else 0


def listings(
    names: Iterable[str], settings: PipSettings, known: Mapping[str, Page], patience_s: float
) -> Iterator[Listing]:
    """What is offered of each project (canonical names), in their order; `known`: pages of an earlier time.

    `patience_s`: how long to wait in all for a server that is busy, for each page.
    """
    transfer, silence = Transfer(settings, patience_s), _Silence(offline=is_offline())
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="index") as pool:
        yield from pool.map(lambda name: _listed(name, settings, transfer, known, silence), names)


def _listed(
    name: str, settings: PipSettings, transfer: Transfer, known: Mapping[str, Page], silence: _Silence
) -> Listing:
    pages: dict[str, Page] = {}
    silent: list[str] = []
    for place in places_of(name, settings):
        if reason := silence.of(place):
            silent.append(f"{shown(place)}: {reason}")
            continue
        try:
            pages[shown(place)] = _page(place, name, transfer, known.get(shown(place), Page()))
            silence.note(place, silent=False)
        except (NoAnswer, NotIndex) as error:
            answered = isinstance(error, NoAnswer) and error.status in NOT_FOUND
            silence.note(place, silent=not answered)
            if not answered:
                silent.append(f"{shown(place)}: {error}")
    return Listing(name=name, offers=tuple(_merged(pages.values())), pages=pages, silent=tuple(silent))


def _page(place: str, name: str, transfer: Transfer, known: Page) -> Page:
    if not is_remote(place):
        return Page(offers=tuple(_offers(local_page(place), name)))
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    try:
        page = fetched(place, transfer, {header: value for header, value in headers.items() if value})
    except NoAnswer as error:
        if error.status == _NOT_MODIFIED and (known.etag or known.modified):
            return known
        raise
    offers = tuple(_offers(links_of(page), name))
    if offers != known.offers:
        index_pages.keep(place, page)  # there is something to download: whoever does so needs the page again
    return Page(offers=offers, etag=page.etag, modified=page.modified)


def _offers(offered: Iterable[Link], name: str) -> Iterator[Offer]:
    """The releases of a page that have a file which can be looked into."""
    files = defaultdict(list)
    for candidate in parsed(offered, name):
        files[candidate.version].append(candidate.link)
    for version, links in files.items():
        days = [link.uploaded for link in links if link.uploaded]
        yield Offer(
            version=str(version),
            uploaded=min(days, default=""),
            yanked=all(link.yanked for link in links),
            yanked_for=next((link.yanked_for for link in links if link.yanked_for), ""),
        )


def _merged(pages: Iterable[Page]) -> list[Offer]:
    """Each version once; one that stands anywhere stands."""
    found: dict[str, Offer] = {}
    for each in pages:
        for offer in each.offers:
            if offer.version not in found or found[offer.version].yanked:
                found[offer.version] = offer
    return sorted(found.values(), key=lambda offer: Version(offer.version))
