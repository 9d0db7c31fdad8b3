"""Suppression markers as they stand in comments: our own, and those of other scanners.

An own marker names what it suppresses and why, and may end on a day:

    marker = "#" "gnomon:" "ignore" "[" RULE { "," RULE } "]" reason [ ";" "until=" YYYY-MM-DD ]

The reason has a letter or digit and no `;`; it ends where a further comment begins (` # …`). Blanks are free.
"""

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

OWN_WORD = "gnomon:"
"""What every own marker holds: a search for it finds the files worth reading."""
EXAMPLE = "# gnomon: ignore[RULE] why it is safe; until=2030-12-31"
_MAX_REASON = 300
_OWN = re.compile(r"#\s*gnomon:\s*")
_BODY = re.compile(r"ignore\s*\[(?P<rules>[^\]]*)\](?P<rest>.*)")
_NEXT_COMMENT = re.compile(r"\s#(?!\d)")
_UNTIL = re.compile(r"until\s*=\s*(\S+)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Marker(Struct, frozen=True, kw_only=True):
    """A well-formed marker of our own."""

    rules: tuple[str, ...]
    """At least one id, as written: whether there is such a rule is known elsewhere."""
    reason: str
    """At most 300 characters; untrusted text."""
    until: date | None = None
    """The last day on which it suppresses."""


class Malformed(Struct, frozen=True):
    """What is wrong with a marker of our own; untrusted text."""

    problem: str


class Foreign(Struct, frozen=True):
    """A marker of another scanner that would apply to an unsafe load, as written."""

    text: str
    above: bool
    """True if a comment line above the statement counts for that scanner."""


class Scanner(Struct, frozen=True):
    """How another scanner's markers look, and which of them speak of unsafe loads; compiled only when needed."""

    word: str
    marker: str
    """Its group `ids` is what it narrows the marker to; nothing there means everything."""
    identifier: str
    loads: str
    """The identifiers that speak of loads which run code."""
    above: bool


# bandit: https://bandit.readthedocs.io/en/latest/config.html#exclusions; B301 pickle, B302 marshal, B403 import of
# pickle, B506 yaml.load, B614 torch.load. flake8 and ruff know the same tests as S301 … (flake8-bandit's numbers).
# semgrep: https://semgrep.dev/docs/ignoring-files-folders-code; its ids are paths of words.
SCANNERS = (
    Scanner(
        word="nosec",
        marker=r"#\s*nosec\b:?(?P<ids>[^#]*)",
        identifier=r"\bB\d+\b|\b[a-z]+(?:_[a-z]+)+\b",
        loads=r"B301|B302|B403|B506|B614|import_pickle|yaml_load|pytorch_load(?:_save)?",
        above=False,
    ),
    Scanner(
        word="noqa",
        marker=r"(?i:#\s*noqa\b(?:\s*:(?P<ids>[^#]*))?)",
        identifier=r"\b[A-Z]+\d+\b",
        loads=r"S301|S302|S403|S506|S614",
        above=False,
    ),
    Scanner(
        word="nosem",
        marker=r"#\s*nosem(?:grep)?\b(?:\s*:(?P<ids>[^#]*))?",
        identifier=r"[\w.-]+",
        loads=r".*(?:pickle|deseriali[sz]ation|marshal|shelve|dill|yaml|pytorch).*",
        above=True,
    ),
)


def own_markers(comment: str) -> Iterator[Marker | Malformed]:
    """Every marker of our own in a comment, well-formed or not."""
    found = list(_OWN.finditer(comment))
    ends = [*(match.start() for match in found[1:]), len(comment)]
    for match, end in zip(found, ends, strict=False):
        yield _own_marker(comment[match.end() : end].strip())


def foreign_markers(comment: str) -> Iterator[Foreign]:
    """Markers of other scanners that would apply to an unsafe load: bare ones, and those that name such a test."""
    for scanner in SCANNERS:
        for match in re.finditer(scanner.marker, comment):
            ids = re.findall(scanner.identifier, match["ids"] or "")
            if not ids or any(re.fullmatch(scanner.loads, name) for name in ids):
                yield Foreign(match[0].strip()[:_MAX_REASON], scanner.above)


def _own_marker(text: str) -> Marker | Malformed:
    body = _BODY.match(text)
    if body is None:
        return Malformed("it does not say ignore[RULE]")
    rules = tuple(name.strip() for name in body["rules"].split(","))
    if not all(rules):
        return Malformed("it names no rule" if rules == ("",) else "a rule's name is missing between its commas")
    rest = _NEXT_COMMENT.split(body["rest"], maxsplit=1)[0]
    reason, semicolon, ending = (part.strip() for part in rest.partition(";"))
    if not any(char.isalnum() for char in reason):
        return Malformed("it gives no reason")
    if not semicolon:
        if _UNTIL.search(reason):
            return Malformed("`;` is missing before until=")
        return Marker(rules=rules, reason=reason[:_MAX_REASON])
    until = _UNTIL.fullmatch(ending)
    if until is None:
        return Malformed(f"after `;` there is {ending or 'nothing'!r} instead of until=YYYY-MM-DD")
    day = _day(until[1])
    if day is None:
        return Malformed(f"{until[1]!r} is no day of the calendar, written YYYY-MM-DD")
    return Marker(rules=rules, reason=reason[:_MAX_REASON], until=day)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
