"""Small things that several sections say alike: code, places, severities, prose with code in it, advisories."""

import re
from collections.abc import Iterator

from gnomon.core.severity import Severity
from gnomon.render.html.elements import Child, Element, el, lines, link

_TICKED = re.compile(r"`([^`]+)`")
_NUMBERED = re.compile(r"(?:\d+\.|[-*]) ")
_LONGEST = 400  # characters of one text: beyond, a target could make the page as large as it likes
_KNOWN = {severity.value for severity in Severity}


def short(text: str, longest: int = _LONGEST) -> str:
    """`text`, cut with an ellipsis."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def code(text: str) -> Element:
    """Text as it stands in code: names, paths, addresses."""
    return el("code", None, short(text))


def place(path: str | None, line: int | None) -> Element | None:
    """`path:line`; None if there is none."""
    if not path:
        return None
    return el("code", {"class": "place"}, short(path), el("b", None, f":{line}") if line else None)


def severity(name: str) -> Element:
    """The severity's mark and word: a shape and a word, so that nobody needs its colour."""
    known = name if name in _KNOWN else "note"
    return el("span", {"class": f"severity {known}"}, short(name))


def said(text: str, longest: int = _LONGEST) -> list[Child]:
    """One line of prose, with what stands in backticks as code."""
    pieces = _TICKED.split(short(text, longest))
    return [el("code", None, piece) if number % 2 else piece for number, piece in enumerate(pieces) if piece]


def prose(text: str) -> Iterator[Element]:
    """Paragraphs, lists and indented code, as a rule's texts have them."""
    for paragraph in text.strip("\n").split("\n\n"):
        yield from _blocks(paragraph.split("\n"))


def _blocks(rows: list[str]) -> Iterator[Element]:
    run: list[str] = []
    kind = ""
    for row in [*rows, ""]:
        now = "code" if row.startswith("    ") else "item" if _NUMBERED.match(row) else "text" if row else ""
        if run and now != kind:
            yield _block(kind, run)
            run = []
        kind = now
        run.append(row)


def _block(kind: str, rows: list[str]) -> Element:
    if kind == "code":
        return el("pre", {"tabindex": "0"}, el("code", None, *lines("\n".join(row[4:] for row in rows))))
    if kind == "item":
        tag = "ol" if rows[0][0].isdigit() else "ul"
        return el(tag, None, *(el("li", None, *said(_NUMBERED.sub("", row, count=1), 2_000)) for row in rows))
    return el("p", None, *said(" ".join(rows), 4_000))


def advisory(name: str) -> Element:
    """An advisory's number, with a link to who publishes it where that is known."""
    for begin, url in _PUBLISHERS.items():
        if name.startswith(begin):
            return link(f"{url}{name}", short(name))
    return el("span", None, short(name))


_PUBLISHERS = {
    "CVE-": "https://www.cve.org/CVERecord?id=",
    "GHSA-": "https://github.com/advisories/",
    "PYSEC-": "https://osv.dev/vulnerability/",
}
