"""A list of targets, one a line -> what is to be examined: releases by their versions, each target once."""

import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from gnomon.core.errors import TargetError
from gnomon.core.finding import Remark
from gnomon.io import git_names
from gnomon.io.politeness import AT_ONCE
from gnomon.io.releases import Offered, allowed

_RELEASE = "pypi:"
_COMMENT = re.compile(r"(?:^|\s)#.*")
_EVERY = re.compile(r"(.+?)\s*==\s*\*")
_PROJECT = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)
_REMEDY = "write pypi:NAME==VERSION, pypi:NAME, NAME>=1,<2, a folder, an archive or a git URL"

Releases = Callable[[str], tuple[Offered, ...]]
"""The releases of a project. Raises TargetError."""


class Wanted(Struct, frozen=True, kw_only=True):
    """A target that is to be examined."""

    target: str
    bytes: int = 0
    """Of what will be read; 0 if that is not known."""


class Targets(Struct, frozen=True, kw_only=True):
    """What a list comes to."""

    wanted: tuple[Wanted, ...]
    folder: str
    """Absolute; where relative paths begin."""
    wrong: tuple[Remark, ...]
    """Lines that are no target."""
    again: tuple[Remark, ...]
    """Lines with a target that an earlier one has."""


class _Line(Struct, frozen=True):
    number: int
    text: str
    project: str = ""
    """Whose releases are to be asked for; "" if `text` is a target as it is."""
    specifier: SpecifierSet = SpecifierSet()
    newest: int | None = None


def read_targets(place: str, releases: Releases, newest: int | None = None) -> Targets:
    """What the list at a path comes to; `-` reads standard input. Raises TargetError.

    `newest`: how many releases of a project count whose line names no version, the newest ones; without, one of a name
    alone, and all that a specifier allows.
    """
    folder = Path.cwd() if place == "-" else Path(place).resolve().parent
    wrong: list[Remark] = []
    again: list[Remark] = []
    lines = list(_lines(_text(place), place, folder, newest, wrong))
    found: dict[str, Wanted] = {}
    first: dict[str, int] = {}
    for line, wanted in zip(lines, _resolved(lines, releases), strict=True):
        for each in wanted:
            if each.target in found:
                note = f"{each.target} is named by line {first[each.target]} already: examined once"
                again.append(Remark(path=place, line=line.number, note=note))
            first.setdefault(each.target, line.number)
            found.setdefault(each.target, each if each.bytes else _sized(each, folder))
    return Targets(wanted=tuple(found.values()), folder=str(folder), wrong=tuple(wrong), again=tuple(again))


def _text(place: str) -> str:
    try:
        data = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError as error:
        raise TargetError(
            f"the list {place} can't be read: {(error.strerror or type(error).__name__).lower()}.",
            remedy="gnomon survey TARGETS.txt -o OUT, with a target a line in TARGETS.txt",
        ) from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TargetError(f"{place}:{line}: this is no UTF-8 text.", remedy="write the list as UTF-8") from None


def _lines(text: str, place: str, folder: Path, newest: int | None, wrong: list[Remark]) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        said = _COMMENT.sub("", line).strip()
        if not said:
            continue
        try:
            yield _read(number, said, folder, newest)
        except TargetError as error:
            wrong.append(Remark(path=place, line=number, note=f"{error.problem}; {error.remedy}"))


def _read(number: int, text: str, folder: Path, newest: int | None) -> _Line:
    """A line that is not empty. Raises TargetError if it is no target."""
    if not text.startswith(_RELEASE) and _is_place(text, folder):
        return _Line(number, text)
    every = _EVERY.fullmatch(text.removeprefix(_RELEASE).strip())
    try:
        wanted = Requirement(every[1] if every else text.removeprefix(_RELEASE))
    except InvalidRequirement:
        wanted = None
    if wanted is None or wanted.url or wanted.marker or wanted.extras:
        raise TargetError(f"{text!r} is no target", remedy=_REMEDY)
    if not text.startswith(_RELEASE) and not every and not wanted.specifier:
        raise TargetError(f"there is no {text!r} here", remedy=f"for the newest release write {_RELEASE}{text}")
    name = canonicalize_name(wanted.name)
    if exact := _exact(wanted):
        return _Line(number, f"{_RELEASE}{name}=={exact}")
    most = newest if newest or every or wanted.specifier else 1
    return _Line(number, f"{_RELEASE}{name}{wanted.specifier}", name, wanted.specifier, most)


def _is_place(text: str, folder: Path) -> bool:
    """True for a URL, for a path that exists, and for what can be nothing but a path."""
    try:
        if git_names.is_remote(text) or (folder / text).exists():
            return True
        return isinstance(git_names.git_name(str(folder / text)), git_names.Local) or (
            "/" in text and not _PROJECT.match(text.partition("/")[0])
        )
    except (OSError, ValueError):  # ValueError: a NUL in it
        return False


def _exact(wanted: Requirement) -> Version | None:
    pins = [pin for pin in wanted.specifier if pin.operator in ("==", "===") and not pin.version.endswith(".*")]
    try:
        return Version(pins[0].version) if len(wanted.specifier) == len(pins) == 1 else None
    except InvalidVersion:
        raise TargetError(f"{pins[0].version!r} is no version", remedy=_REMEDY) from None


def _resolved(lines: list[_Line], releases: Releases) -> Iterator[list[Wanted]]:
    """What each line comes to. Projects are asked for a few at a time, each once."""
    projects = list(dict.fromkeys(line.project for line in lines if line.project))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        offered = dict(zip(projects, threads.map(lambda name: _asked(name, releases), projects), strict=True))
    for line in lines:
        known = offered.get(line.project, ())
        chosen = allowed(known, line.specifier, line.newest)
        # what nobody could tell is asked for again as a target, and fails with the reason
        yield [Wanted(target=f"{_RELEASE}{line.project}=={each.version}", bytes=each.size) for each in chosen] or [
            Wanted(target=line.text)
        ]


def _asked(name: str, releases: Releases) -> tuple[Offered, ...]:
    try:
        return releases(name)
    except TargetError:
        return ()


def _sized(wanted: Wanted, folder: Path) -> Wanted:
    """With the size of the file that it is, if it is one."""
    if wanted.target.startswith(_RELEASE) or git_names.is_remote(wanted.target):
        return wanted
    try:
        path = folder / wanted.target
        return Wanted(target=wanted.target, bytes=path.stat().st_size if path.is_file() else 0)
    except OSError:
        return wanted
