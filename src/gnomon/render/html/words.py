"""What several sections say alike: code, places, targets, severities, advisories, and prose with code in it."""

import re
from collections.abc import Iterable, Iterator

from gnomon.core.severity import Severity
from gnomon.render.html.elements import Child, Element, el, lines, link

REACH = {
    "any-host": ("any host", "a wildcard or routable address"),
    "configurable": ("configurable", "a setting or an argument decides"),
    "unknown": ("unknown", "no address was found"),
    "this-host": ("this host", "loopback, ipc or shared memory"),
    "process": ("process", "only the process itself"),
}
"""Reach -> how the page calls it, and what that is; the widest first."""
_TICKED = re.compile(r"`([^`]+)`")
_NUMBERED = re.compile(r"(?:\d+\.|[-*]) ")
_RELEASE = re.compile(r"pypi:([A-Za-z0-9._-]{1,80})==([A-Za-z0-9._+!-]{1,40})")
_LONGEST = 400  # characters of one text: beyond, a target could make the page as large as it likes
_KNOWN = frozenset(severity.value for severity in Severity)
_PUBLISHERS = {
    "CVE-": "https://www.cve.org/CVERecord?id=",
    "GHSA-": "https://github.com/advisories/",
    "PYSEC-": "https://osv.dev/vulnerability/",
}


def short(text: str, longest: int = _LONGEST) -> str:
    """`text`, cut with an ellipsis."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def code(text: str) -> Element:
    """Text as it stands in code: names, addresses."""
    return el("code", None, short(text))


def place(path: str | None, line: int | None, near: str = "") -> Element | None:
    """`path:line`, the file's name stronger than its folders, and alone if the path is `near`. None without a path."""
    if not path:
        return None
    folder, slash, name = short(path).rpartition("/")
    numbered = f"{name}:{line}" if line else name
    return el(
        "code", {"class": "place"}, f"{folder}{slash}" if folder and path != near else None, el("b", None, numbered)
    )


def brief_place(path: str, line: int | None = None) -> Element:
    """The end of the path, for want of room; the whole of it shows when it is pointed at."""
    folder, slash, name = short(path).rpartition("/")
    above = folder.split("/")
    begin = f"…/{'/'.join(above[-2:])}/" if len(above) > 2 else f"{folder}{slash}"
    return el(
        "code", {"class": "place", "title": short(path)}, begin, el("b", None, f"{name}:{line}" if line else name)
    )


def named(target: str) -> str:
    """A target as a heading names it: `vllm 0.8.4` for a release."""
    release = _RELEASE.fullmatch(target)
    if release:
        return f"{release[1]} {release[2]}"
    return "this folder" if target == "." else short(target, 120)


def titled(targets: Iterable[str]) -> str:
    """The targets in a heading: `vllm 0.8.4, sglang 0.4.9 and 3 more`."""
    names = list(dict.fromkeys(map(named, targets)))
    if len(names) <= 3:
        return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return f"{', '.join(names[:2])} and {len(names) - 2} more"


def severity(name: str) -> Element:
    """The severity's mark and word: a shape and a word, so that nobody needs its colour."""
    return el("span", {"class": f"severity {severity_class(name)}"}, short(name))


def severity_class(name: str) -> str:
    """The class of that severity."""
    return name if name in _KNOWN else "note"


def said(text: str, longest: int = _LONGEST) -> list[Child]:
    """One line of prose, with what stands in backticks as code."""
    pieces = _TICKED.split(short(text, longest))
    return [el("code", None, piece) if number % 2 else piece for number, piece in enumerate(pieces) if piece]


def prose(text: str) -> Iterator[Element]:
    """Paragraphs, lists and indented code, as the texts of a rule have them."""
    for paragraph in text.strip("\n").split("\n\n"):
        yield from _blocks(paragraph.split("\n"))


def advisory(name: str) -> Element:
    """An advisory's number, with a link to who publishes it where that is known."""
    url = next((url for begin, url in _PUBLISHERS.items() if name.startswith(begin)), "")
    kept = el("span", {"class": "whole"} if len(name) <= 24 else None, short(name))
    return link(f"{url}{name}", kept) if url else kept


def _blocks(rows: list[str]) -> Iterator[Element]:
    run: list[str] = []
    kind = ""
    for row in rows:
        now = "code" if row.startswith("    ") else "item" if _NUMBERED.match(row) else "text"
        if run and now != kind:
            yield _block(kind, run)
            run = []
        kind = now
        run.append(row)
    if run:
        yield _block(kind, run)


def _block(kind: str, rows: list[str]) -> Element:
    if kind == "code":
        return el("pre", {"tabindex": "0"}, el("code", None, *lines("\n".join(row[4:] for row in rows))))
    if kind == "item":
        # Numbers stay as they are written: other sentences may refer to them.
        is_numbered = rows[0][0].isdigit()
        texts = (row if is_numbered else _NUMBERED.sub("", row, count=1) for row in rows)
        return el(
            "ul",
            {"class": "numbered"} if is_numbered else None,
            *(el("li", None, *said(text, 2_000)) for text in texts),
        )
    return el("p", None, *said(" ".join(rows), 4_000))
