"""Projects and their lock files -> packages: pyproject.toml, pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock.

What all of these have in common is a list of tables with `name` and `version`; the rest of each format is not needed.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from gnomon.audit.inventory import MAX_PACKAGES
from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.core.purl import Purl, pypi
from gnomon.io import files
from gnomon.io.requirement_lists import Listed, take_all

MAX_BYTES = 15_000_000
"""Python's own TOML parser takes about a second for a megabyte; the largest locks have some."""
_LOCKED = re.compile(r"(?:uv|poetry|pdm)\.lock|pylock(?:\.[^.]+)?\.toml")
_OURS = ("editable", "virtual", "directory")
"""Sources of a lock that are the project itself, or folders of it."""
_GIT = re.compile(r"(?:git\+)?https://github\.com/([^/]+)/([^/?#]+)")


def is_lock(name: str) -> bool:
    """True for a file that is called like a lock."""
    return _LOCKED.fullmatch(name) is not None or name == "Pipfile.lock"


def read_lock(path: Path, where: str) -> Listed:
    """The packages of a lock, or of pyproject.toml. Never raises."""
    listed = Listed([], [])
    table = _table(path, where, listed)
    if table is None:
        return listed
    if path.name == "Pipfile.lock":
        _take_pipfile(table, where, listed)
    elif is_lock(path.name):
        _take_packages(table, where, listed)
    else:
        _take_project(table, where, listed)
    return listed


def _table(path: Path, where: str, listed: Listed) -> Mapping[str, object] | None:
    try:
        data = files.content(str(path.resolve()), MAX_BYTES)
        if path.name == "Pipfile.lock":
            return msgspec.json.decode(data, type=dict[str, object])
        return tomllib.loads(data.decode())
    except files.Unreadable as error:
        reason = str(error)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.MsgspecError) as error:
        reason = f"it can't be read: {str(error)[:200]}"
    except RecursionError:
        reason = "it can't be read: nested too deeply"
    listed.skipped.append(Skipped(path=where, reason=reason))
    return None


def _take_packages(table: Mapping[str, object], where: str, listed: Listed) -> None:
    entries = table.get("package", table.get("packages"))
    if not isinstance(entries, list):
        if entries is not None or not table:
            listed.skipped.append(Skipped(path=where, reason="it has no list of packages"))
        return
    if len(entries) > MAX_PACKAGES:
        listed.skipped.append(Skipped(path=where, reason=f"more than {MAX_PACKAGES:,} packages; the rest was not read"))
    for entry in entries[:MAX_PACKAGES]:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            listed.skipped.append(Skipped(path=where, reason="an entry of it names no package"))
        elif not _is_ours(entry):
            listed.packages.append(_locked(entry, where))


def _is_ours(entry: Mapping[str, object]) -> bool:
    source = entry.get("source")
    if isinstance(source, dict) and any(key in source for key in _OURS):
        return True
    return isinstance(entry.get("directory"), dict)


def _locked(entry: Mapping[str, object], where: str) -> Package:
    name, version = str(entry["name"]), entry.get("version")
    if isinstance(version, str) and version:
        return Package(purl=pypi(name, version), naming="locked", where=where)
    source, vcs = entry.get("source"), entry.get("vcs")
    for table in (vcs, source):
        if isinstance(table, dict) and (match := _GIT.match(str(table.get("git", table.get("url", ""))))):
            owner, repository = match[1].lower(), match[2].removesuffix(".git").lower()
            return Package(purl=Purl("github", owner, repository), naming="locked", where=where, allows="a revision")
    return Package(purl=pypi(name), naming="locked", where=where, allows="any version")


def _take_pipfile(table: Mapping[str, object], where: str, listed: Listed) -> None:
    for group in ("default", "develop"):
        entries = table.get(group)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            version = entry.get("version") if isinstance(entry, dict) else None
            if isinstance(version, str) and version.startswith("=="):
                listed.packages.append(Package(purl=pypi(name, version.lstrip("=")), naming="locked", where=where))
            else:
                listed.packages.append(Package(purl=pypi(name), naming="required", where=where, allows="any version"))


def _take_project(table: Mapping[str, object], where: str, listed: Listed) -> None:
    """Requirements of a project: its own, those of its extras and of its groups, and poetry's."""
    project = table.get("project")
    if isinstance(project, dict):
        take_all(_texts(project.get("dependencies")), where, listed)
        extras = project.get("optional-dependencies")
        for lines in extras.values() if isinstance(extras, dict) else ():
            take_all(_texts(lines), where, listed)
    groups = table.get("dependency-groups")
    for lines in groups.values() if isinstance(groups, dict) else ():
        take_all(_texts(lines), where, listed)
    tool = table.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    if isinstance(poetry, dict):
        listed.packages += _of_poetry(poetry, where)


def _of_poetry(poetry: Mapping[str, object], where: str) -> Iterator[Package]:
    groups = poetry.get("group")
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [
        group.get("dependencies")
        for group in (groups.values() if isinstance(groups, dict) else ())
        if isinstance(group, dict)
    ]
    for table in tables:
        for name, wanted in table.items() if isinstance(table, dict) else ():
            allowed = wanted.get("version") if isinstance(wanted, dict) else wanted
            text = str(allowed) if isinstance(allowed, str) else "any version"
            if name.lower() == "python":
                continue
            if re.fullmatch(r"(?:==)?\d[\w.!+]*", text):
                yield Package(purl=pypi(name, text.lstrip("=")), naming="locked", where=where)
            else:
                yield Package(purl=pypi(name), naming="required", where=where, allows=_compatible(text))


def _compatible(text: str) -> str:
    """Poetry's `^1.2` and `~1.2` as bounds that others know, as far as the lower one goes."""
    match = re.fullmatch(r"[\^~]\s*(\d[\w.]*)", text)
    return f">={match[1]}" if match else text


def _texts(value: object) -> list[object]:
    return value if isinstance(value, list) else []
