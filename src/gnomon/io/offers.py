"""Package indexes and folders of packages -> the archives they offer of one project."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from msgspec import Struct
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from gnomon.core.errors import TargetError, Unavailable
from gnomon.io import index_pages, traffic
from gnomon.io.limits import megabytes
from gnomon.io.pip_settings import PipSettings
from gnomon.io.simple_index import ACCEPT, Link, NotIndex, links
from gnomon.io.transfer import NoAnswer, Transfer, shown

_MAX_PAGE_BYTES = 128_000_000
_NOT_FOUND = (404, 410)
_REMOTE = ("http://", "https://")


class Candidate(Struct, frozen=True, kw_only=True):
    """A file of some version of the wanted project."""

    version: Version
    link: Link
    rank: int
    """0 for a wheel of Python alone, 1 for a source release, 2 for a wheel of some platform."""


def candidates(
    name: str, exact: Version | None, settings: PipSettings, transfer: Transfer, *, recent: bool = False
) -> tuple[Candidate, ...]:
    """The archives of the project (canonical `name`) on every index.

    With `recent` pages that were fetched within this hour do, for those who want many releases of one project.
    Raises TargetError if there are none, or if an index is silent that could have a better one than those found.
    """
    places = [f"{index.rstrip('/')}/{name}/" for index in settings.indexes] + list(settings.find_links)
    found: list[Candidate] = []
    silent: list[str] = []
    for place in places:
        try:
            found += _parsed(_page(place, transfer, recent=recent), name)
        except NoAnswer as error:
            if error.status not in _NOT_FOUND:
                silent.append(f"{shown(place)}: {error}")
        except NotIndex as error:
            silent.append(f"{shown(place)}: {error}")
    if silent and not any(candidate.version == exact for candidate in found):
        raise Unavailable(
            f"the package index can't be asked for {name} ({'; '.join(silent)}).",
            remedy="check the network and `pip config list`, or download the file and scan it",
        )
    if not found:
        raise TargetError(f"no package index has {name}.", remedy="check the spelling, and `pip config list`")
    return tuple(found)


def _page(place: str, transfer: Transfer, *, recent: bool) -> tuple[Link, ...]:
    """What one index page or folder offers."""
    if not place.startswith(_REMOTE):
        return _local_page(place)
    page = index_pages.kept(place) if recent else None
    if page is None:
        page = _fetched(place, transfer)
        if recent:
            index_pages.keep(place, page)
    offered = links(page.body, page.content_type, page.url)
    # A page from elsewhere has no say about files of this machine.
    return tuple(link for link in offered if link.url.startswith(_REMOTE))


def _fetched(place: str, transfer: Transfer) -> index_pages.Page:
    with transfer.open(place, ACCEPT) as answer:
        try:
            body = answer.read(_MAX_PAGE_BYTES + 1)
        except OSError as error:
            raise NoAnswer(str(error)) from None
        if len(body) > _MAX_PAGE_BYTES:
            raise NotIndex(f"a page of more than {megabytes(_MAX_PAGE_BYTES)}")
        traffic.arrived(len(body))
        return index_pages.Page(content_type=answer.headers.get_content_type(), url=answer.url, body=body)


def _local_page(place: str) -> tuple[Link, ...]:
    """What a folder of this machine offers: by its index.html, else by its files."""
    path = Path(url2pathname(urlsplit(place).path)) if place.startswith("file:") else Path(place).expanduser()
    try:
        page = path / "index.html" if path.is_dir() else path
        if page.is_file():
            return links(page.read_bytes(), "text/html", page.absolute().as_uri())
        return tuple(Link(filename=file.name, url=file.absolute().as_uri()) for file in sorted(path.iterdir()))
    except OSError:
        return ()


def _parsed(offered: Iterable[Link], name: str) -> Iterator[Candidate]:
    """The archives of that project among the links."""
    for link in offered:
        try:
            if link.filename.endswith(".whl"):
                project, version, _, tags = parse_wheel_filename(link.filename)
                rank = 0 if all(tag.platform == "any" for tag in tags) else 2
            else:
                project, version = parse_sdist_filename(link.filename)
                rank = 1
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
            continue
        if project == name:
            yield Candidate(version=version, link=link, rank=rank)
