"""Lists of requirements -> packages; nothing is resolved.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from gnomon.audit.inventory import MAX_PACKAGES
from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.core.purl import Purl, pypi
from gnomon.io import files

MAX_BYTES = 20_000_000
_MAX_FILES = 100
"""Files that one list may include, all together."""
_LONGEST_LINE = 10_000
_INCLUDE = re.compile(r"(?:-r|--requirement|-c|--constraint)(?:\s+|=)?(.+)")
_OPTION = re.compile(r"\s--(?:hash|config-settings|global-option|install-option)[ =]\S+")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_FORGES = {"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}


class Listed(Struct):
    """What a list has, as it is read."""

    packages: list[Package]
    skipped: list[Skipped]


def read_list(path: Path, where: str) -> Listed:
    """The packages of a file, and of those that it includes from beside or below it. Never raises."""
    listed = Listed([], [])
    root = path.parent.resolve()
    waiting, seen = [(path, where)], {path.resolve()}
    while waiting:
        file, name = waiting.pop(0)
        try:
            text = files.content(str(file.resolve()), MAX_BYTES).decode("utf-8", "replace")
        except (files.Unreadable, OSError) as error:
            listed.skipped.append(Skipped(path=name, reason=str(error)))
            continue
        for included in _lines(text, name, listed):
            inner = file.parent / included
            end = inner.resolve()
            if not end.is_relative_to(root) or "://" in included:
                listed.skipped.append(
                    Skipped(path=name, reason=f"{included[:200]} is not in the list's folder; it was not read")
                )
            elif end not in seen and len(seen) < _MAX_FILES:
                seen.add(end)
                waiting.append((inner, str(end.relative_to(root))))
    return listed


def _lines(text: str, where: str, listed: Listed) -> Iterator[str]:
    """Adds what each line names; gives the names of included files."""
    for number, line in _logical(text):
        if len(listed.packages) >= MAX_PACKAGES or len(listed.skipped) >= MAX_PACKAGES:
            listed.skipped.append(
                Skipped(path=where, reason=f"more than {MAX_PACKAGES:,} packages; the rest was not read")
            )
            return
        if match := _INCLUDE.fullmatch(line):
            yield match[1].strip().strip("'\"")
        elif line.startswith("-") and not line.startswith(("-e ", "--editable")):
            continue
        else:
            take(re.sub(r"^(?:-e|--editable)[ =]\s*", "", line), f"{where}:{number}", where, listed)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, continued ones joined, each with the number of its first."""
    parts: list[str] = []
    first = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        first = first if parts else number
        line = raw if raw.endswith("\\") else _COMMENT.sub("", raw)
        parts.append(line.removesuffix("\\"))
        if raw.endswith("\\") and sum(map(len, parts)) < _LONGEST_LINE:
            continue
        joined = "".join(parts).strip()[:_LONGEST_LINE]
        parts = []
        if joined:
            yield first, joined
    if joined := "".join(parts).strip()[:_LONGEST_LINE]:
        yield first, joined


def take(text: str, place: str, where: str, listed: Listed) -> None:
    """Adds the package of one requirement; what is none is listed as skipped."""
    line = _OPTION.sub("", text).strip()
    try:
        wanted = Requirement(line)
    except InvalidRequirement:
        package = _by_address(line, where)
        if package is None:
            listed.skipped.append(Skipped(path=place, reason=f"{line[:100]!r} names no package that can be looked up"))
        else:
            listed.packages.append(package)
        return
    if wanted.url:
        listed.packages.append(
            _by_address(wanted.url, where)
            or Package(purl=pypi(wanted.name), naming="required", where=where, allows=f"@ {wanted.url[:200]}")
        )
        return
    listed.packages.append(required(wanted, where))


def required(wanted: Requirement, where: str) -> Package:
    """The package of a requirement, with a version if it allows only one."""
    pins = list(wanted.specifier)
    if len(pins) == 1 and pins[0].operator in ("==", "===") and not pins[0].version.endswith(".*"):
        return Package(purl=pypi(wanted.name, pins[0].version), naming="locked", where=where)
    return Package(
        purl=pypi(wanted.name), naming="required", where=where, allows=str(wanted.specifier) or "any version"
    )


def _by_address(address: str, where: str) -> Package | None:
    """A release file, or a repository on a forge, by its URL or path."""
    bare, _, fragment = address.partition("#")
    kind, plus, rest = bare.partition("+")
    url = urlsplit(rest if plus and kind in ("git", "hg", "svn", "bzr") else bare)
    path = unquote(url.path)
    if (forge := _FORGES.get((url.hostname or "").removeprefix("www."))) and (plus or path.endswith(".git")):
        place, _, revision = path.strip("/").partition("@")
        owner, _, name = place.removesuffix(".git").partition("/")
        if owner and name and "/" not in name:
            return Package(purl=Purl(forge, owner.lower(), name.lower(), revision), naming="required", where=where)
    named = re.search(r"(?:^|&)egg=([A-Za-z0-9][\w.-]*)", fragment)
    file = path.rpartition("/")[2]
    try:
        if file.endswith(".whl"):
            project, version, _, _ = parse_wheel_filename(file)
        else:
            project, version = parse_sdist_filename(file)
        return Package(purl=pypi(project, str(version)), naming="locked", where=where)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return Package(purl=pypi(named[1]), naming="required", where=where, allows=f"@ {bare[:200]}") if named else None


def take_all(texts: Iterable[object], where: str, listed: Listed) -> None:
    """Adds requirements of a table; what is no text is left out, since tools put their own tables there."""
    for text in texts:
        if isinstance(text, str):
            take(text, where, where, listed)
