"""An answer of a package index -> the files it offers (PEP 503 pages, PEP 691 JSON)."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import msgspec
from msgspec import Struct, field

from gnomon.io import days

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_SHA256 = re.compile(r"sha256=([0-9a-fA-F]{64})")


class Link(Struct, frozen=True, kw_only=True):
    """A file that an index offers. Untrusted text."""

    filename: str
    url: str
    sha256: str = ""
    """As the index tells it; "" if it does not."""
    size: int | None = None
    yanked: bool = False
    yanked_for: str = ""
    """What its makers say of that (PEP 592)."""
    uploaded: str = ""
    """ISO 8601 day; "" if the index does not tell (PEP 700: in JSON only)."""


class NotIndex(Exception):
    """The answer is no index page; the message is the reason, in one line."""


class _File(Struct):
    filename: str
    url: str
    hashes: dict[str, str] = field(default_factory=dict)
    size: int | None = None
    yanked: bool | str = False
    uploaded: str | None = field(default=None, name="upload-time")


class _Project(Struct):
    files: list[_File]


def links(body: bytes, content_type: str, base: str) -> tuple[Link, ...]:
    """Every file offered, in the index's order; `base` is where the page came from. Raises NotIndex."""
    return _from_json(body, base) if "json" in content_type.lower() else _from_page(body, base)


def _from_json(body: bytes, base: str) -> tuple[Link, ...]:
    try:
        project = msgspec.json.decode(body, type=_Project)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotIndex(f"not a list of files: {error}") from None
    return tuple(
        Link(
            filename=file.filename,
            url=urljoin(base, file.url),
            sha256=file.hashes.get("sha256", "").lower(),
            size=file.size,
            yanked=file.yanked is not False,
            yanked_for=file.yanked if isinstance(file.yanked, str) else "",
            uploaded=days.of_text(file.uploaded or ""),
        )
        for file in project.files
    )


class _Page(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.found: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        href = said.get("href")
        if tag == "base" and href:
            self.base = urljoin(self.base, href)
        elif tag == "a" and href:
            url = urljoin(self.base, href)
            digest = _SHA256.search(urlsplit(url).fragment)
            self.found.append(
                Link(
                    filename=unquote(urlsplit(url).path.rpartition("/")[2]),
                    url=url,
                    sha256=digest[1].lower() if digest else "",
                    yanked="data-yanked" in said,
                    yanked_for=said.get("data-yanked") or "",
                )
            )


def _from_page(body: bytes, base: str) -> tuple[Link, ...]:
    page = _Page(base)
    try:
        page.feed(body.decode("utf-8", "replace"))
    except (ValueError, AssertionError) as error:  # a link that is no URL; a declaration that HTMLParser can't read
        raise NotIndex(f"not an index page: {error}") from None
    return tuple(page.found)
