"""Comments that say where code was taken from, such as `# Adapted from https://github.com/…`; often over two lines."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from gnomon.core.lineage import Attribution
from gnomon.trace.units import Unit

HEADER_LINES = 60
"""What stands so far up speaks of the whole file: below a licence, above the first definition."""
ABOVE = 12
"""Lines above a definition in which a comment speaks of it."""
_LONGEST = 200
_WINDOW = 400
"""Characters after the first word in which the source is named."""
_VERBS = ("adapted", "copied", "taken", "borrowed", "modified", "ported", "derived", "based", "forked", "migrated")
_WORDS = (*_VERBS, "adopted", "originally", "copy", "github", "gitlab", "codeberg", "huggingface")
"""Without any of them there is no attribution."""
_SAID = rf"\b(?:{'|'.join(_VERBS)}|adopted|originally|copy)\b"
_TOLD = re.compile(_SAID + r"[^\n]{0,60}?\b(?:from|on|in|of)\b", re.IGNORECASE)
_FORGE = r"(?:github\.com|gitlab\.com|codeberg\.org|huggingface\.co)"
_ADDRESS = re.compile(
    rf"(?:https?://)?(?:www\.)?(?:{_FORGE}/|raw\.githubusercontent\.com/)([\w.-]+)/([\w.-]+)([^\s\"'<>`]*)"
)
_RAW = "raw.githubusercontent.com"
_POINTING = re.compile(r"/(?:-/)?(?:blob|tree|raw|blame|commit|pull)/([\w.@+-]+)(/[^\s#?]*)?")
_PATH = re.compile(r"([A-Za-z][\w-]*)(/[\w./-]+\.py)\b")
_NAME = re.compile(r"(?:the\s+)?[`'\"]?([A-Za-z][\w.-]*[\w])")
_NEAR = 60
"""Characters between `from` and the address that is meant."""
_MARGIN = re.compile(r"\s*\n[ \t]*(?:#+|\*)?[ \t]*")


def attributions(text: str) -> list[Attribution]:
    """Every such comment of a file, by line."""
    found: dict[int, Attribution] = {}
    lowered = text.lower()
    if not any(word in lowered for word in _WORDS):
        return []
    for start in sorted({*_starts(text)}):
        line = text.count("\n", 0, start) + 1
        read = _read(text, start, line)
        if read is not None and line not in found and not _is_same(read, found.get(line - 1)):
            found[line] = read
    return list(found.values())


def of_unit(found: Sequence[Attribution], unit: Unit) -> list[Attribution]:
    """Those that speak of the unit, the nearest first: in it, directly above, or at the head of the file."""
    inside = [each for each in found if unit.line <= each.line <= unit.end_line]
    above = [each for each in found if unit.line - ABOVE <= each.line < unit.line]
    head = [each for each in found if each.line <= HEADER_LINES and each not in above and each not in inside]
    return [*reversed(above), *inside, *head]


def names(attribution: Attribution, projects: Iterable[str]) -> str:
    """The one of the projects (`owner/name` or names of packages) that the comment means; "" if none."""
    said = attribution.project.rpartition("/")
    for project in projects:
        owner, _, name = project.lower().rpartition("/")
        if plain(name) == plain(said[2]) and (not owner or not said[0] or owner == said[0]):
            return project
    return ""


@lru_cache(maxsize=4_096)
def plain(name: str) -> str:
    """A project's name as any index or comment writes it."""
    return re.sub(r"[-_.]+", "-", name.lower())


def by_last_name(projects: Iterable[str], repositories: Mapping[str, str]) -> dict[str, set[str]]:
    """What comments may call the projects: their names and those of their repositories, by the last part of each."""
    found: dict[str, set[str]] = {}
    for project in projects:
        for name in filter(None, (project, repositories.get(project, ""))):
            found.setdefault(last_name(name), set()).add(name)
    return found


def is_claim(text: str) -> bool:
    """True if a comment says that something was taken, and does not only point to it."""
    return _TOLD.search(text) is not None


def last_name(project: str) -> str:
    """What a comment and the project that it means have in common: the name without its owner."""
    return plain(project.rpartition("/")[2])


def _starts(text: str) -> Iterator[int]:
    for match in _TOLD.finditer(text):
        begin = text.rfind("\n", 0, match.start()) + 1
        if _is_prose(text[begin : match.start()]):
            yield match.start()
    for match in _ADDRESS.finditer(text):
        begin = text.rfind("\n", 0, match.start()) + 1
        if (_POINTING.match(match[3]) or _RAW in match[0]) and _is_prose(text[begin : match.start()]):
            told = [each.start() for each in _TOLD.finditer(text, max(0, match.start() - _WINDOW), match.start())]
            if not told:
                yield match.start()


def _is_same(one: Attribution, other: Attribution | None) -> bool:
    """True for the second line of a comment that was read from its first on."""
    return other is not None and (one.project, one.path) == (other.project, other.path)


def _is_prose(before: str) -> bool:
    """True for what stands before a word in a comment or a docstring; code has signs that prose lacks."""
    return "#" in before or not re.search(r"[=(){}\[\];]|\b(?:def|class|import|return|raise)\b", before)


def _read(text: str, start: int, line: int) -> Attribution | None:
    window = _joined(text[start : start + _WINDOW])
    shown = window[:_LONGEST]
    address = _ADDRESS.search(window)
    told = _TOLD.match(window)
    if address is not None and (told is None or address.start() - told.end() < _NEAR):
        project = f"{address[1]}/{address[2].removesuffix('.git')}".lower()
        place = _POINTING.match(address[3])
        revision, path = (place[1], (place[2] or "").strip("/").rstrip(".,)")) if place else ("", "")
        if _RAW in address[0]:
            revision, _, path = address[3].strip("/").partition("/")
        return Attribution(line=line, text=shown, project=project, path=path, revision=revision)
    if told is None:
        return None
    rest = window[told.end() :].lstrip(" :")
    path = _PATH.match(rest)
    if path is not None:
        return Attribution(line=line, text=shown, project=path[1].lower(), path=path[0])
    name = _NAME.match(rest)
    return Attribution(line=line, text=shown, project=name[1].lower()) if name is not None else None


def _joined(window: str) -> str:
    """A comment's lines as one, up to the first blank line or line of code."""
    lines = window.split("\n")
    kept = [lines[0]]
    for line in lines[1:]:
        words = line.strip().lstrip("#* ")
        if not words or not ("#" in line[: len(line) - len(line.lstrip()) + 1] or _is_prose(line)):
            break
        # an address that was broken off goes on where the line does
        kept[-1:] = [kept[-1] + words] if kept[-1].endswith(("/", "-")) else [kept[-1], words]
    return _MARGIN.sub(" ", " ".join(kept))
