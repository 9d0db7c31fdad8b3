"""Finds and reads the table `[tool.gnomon]` of a TOML file; a mistake is an error that names file and key."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from gnomon.core.configuration import Configuration, SuppressEntry
from gnomon.core.errors import ConfigurationError
from gnomon.core.severity import Confidence, Severity
from gnomon.io import files

NAME = "pyproject.toml"
MAX_BYTES = 1_000_000
_LEAVE_OUT = "correct the file (docs/configuration.md has all keys), or leave it out with --no-config"
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{32})?")
_WHERE = re.compile(r" - at `\$\.?(?P<key>[^`]*)`$")


class Located(Struct, frozen=True, kw_only=True):
    """A file that has `[tool.gnomon]`, not yet believed."""

    name: str
    """As it is shown: relative to the working folder where it can be."""
    path: str
    """Absolute."""
    table: Mapping[str, object] | None
    """As read from TOML; None if the file can't be read as such."""
    problem: str = ""
    """Why there is no table."""

    @property
    def folder(self) -> str:
        """The folder that paths in the file are relative to."""
        return str(Path(self.path).parent)


def find() -> Located | None:
    """The nearest pyproject.toml with `[tool.gnomon]`, from the current folder up to the root of its repository.

    Outside of a repository only the current folder is looked at, and a file of another user's in a parent never is.
    """
    try:
        here = Path.cwd()
    except OSError:  # the current folder was removed
        return None
    for folder in _upwards(here):
        file = folder / NAME
        found = _located(os.path.relpath(file), file) if _may_speak(file, here) else None
        if found is not None:
            return found
    return None


def named(name: str) -> Located:
    """The file that the user named. Raises ConfigurationError if it can't be read or has no table."""
    try:
        found = _located(name, Path(os.path.realpath(name)), must_read=True)
    except OSError:
        raise ConfigurationError(f"{name}: the current folder is gone.", remedy="cd to another") from None
    if found is None:
        raise ConfigurationError(f"{name} has no table [tool.gnomon].", remedy="add one, or leave --config out")
    return found


def configuration(located: Located) -> Configuration:
    """The table's values. Raises ConfigurationError naming file and key."""
    if located.table is None:
        raise ConfigurationError(f"{located.name} {located.problem}.", remedy=_LEAVE_OUT)
    for where, key, known in _unknown_keys(located.table):
        near = _nearest(key, known)
        meant = f" Did you mean `{near}`?" if near else f" There are: {', '.join(known)}."
        raise ConfigurationError(f"{located.name}: there is no key `{key}` in {where}.{meant}", remedy=_LEAVE_OUT)
    try:
        values = msgspec.convert(located.table, Configuration)
    except msgspec.ValidationError as error:
        # what may be left out is null to msgspec, and TOML has no null
        raise _refused(located, _with_choices(str(error).replace(" | null", ""))) from None
    for mistake in _mistakes(values):
        raise _refused(located, mistake)
    return values


def check_rules(located: Located, values: Configuration, known: Collection[str]) -> None:
    """Raises ConfigurationError if the values name a rule that is not among the `known` ids."""
    places = {f"rules[{at}]": rule for at, rule in enumerate(values.rules)}
    places |= {f"suppress[{at}].rule": entry.rule for at, entry in enumerate(values.suppress)}
    for place, rule in places.items():
        if rule not in known:
            near = _nearest(rule, known)
            meant = f", did you mean `{near}`?" if near else f"; there are {', '.join(sorted(known))}"
            raise _refused(located, f"there is no rule `{rule}`{meant} - at `$.{place}`")


def keys(located: Located) -> list[str]:
    """The known keys that the table has, sorted: what it would do if it were honoured."""
    return sorted(set(located.table or ()) & set(Configuration.__struct_encode_fields__))


def models_folder(located: Located, values: Configuration) -> Path | None:
    """The folder of own rules and models. Raises ConfigurationError if it is none."""
    if values.models is None:
        return None
    folder = Path(located.folder, values.models)
    if not any((folder / part).is_dir() for part in ("rules", "models")):
        raise _refused(located, f"{values.models} has no folder `rules` and no folder `models` in it - at `$.models`")
    return folder


def _upwards(here: Path) -> Iterator[Path]:
    yield here
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    for folder in here.parents if root != here else ():
        yield folder
        if folder == root:
            return


def _may_speak(file: Path, here: Path) -> bool:
    """True if the file is in the current folder, or in a parent and of the same owner as that folder, or ours."""
    try:
        owner = file.stat().st_uid
        return file.parent == here or not hasattr(os, "getuid") or owner in (os.getuid(), here.stat().st_uid)
    except OSError:
        return False


def _located(name: str, file: Path, *, must_read: bool = False) -> Located | None:
    """The file with its table; with a problem if it can't be read or parsed; None if it has no table."""
    path = str(file.absolute())
    try:
        data = files.content(os.path.realpath(file), MAX_BYTES)
    except files.Unreadable as error:
        return Located(name=name, path=path, table=None, problem=f"can't be read: {error}")
    if b"gnomon" not in data and not must_read:
        return None
    import tomllib  # here, since a run in a project without the word needs no TOML parser

    try:
        tool = tomllib.loads(data.decode()).get("tool")
    except RecursionError:
        return Located(name=name, path=path, table=None, problem="is nested too deeply")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Located(name=name, path=path, table=None, problem=f"is not TOML in UTF-8: {error}")
    table = tool.get("gnomon") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        return Located(name=name, path=path, table=None, problem="has a tool.gnomon that is no table")
    return Located(name=name, path=path, table=table) if table is not None else None


def _unknown_keys(table: Mapping[str, object]) -> Iterator[tuple[str, str, list[str]]]:
    """Where, which key, and the keys that there may be."""
    known = list(Configuration.__struct_encode_fields__)
    yield from (("[tool.gnomon]", key, known) for key in table if key not in known)
    entries = table.get("suppress")
    known = list(SuppressEntry.__struct_encode_fields__)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            yield from (("[[tool.gnomon.suppress]]", key, known) for key in entry if key not in known)


def _mistakes(values: Configuration) -> Iterator[str]:
    """What the types can't say."""
    try:
        if values.trusted_networks:
            from gnomon.core.trusted import networks

            networks(values.trusted_networks)
    except ValueError as error:
        yield f"{error} - at `$.trusted-networks`"
    for at, pattern in enumerate(values.exclude):
        if not pattern.strip("/ "):
            yield f"an empty pattern - at `$.exclude[{at}]`"
    for at, entry in enumerate(values.suppress):
        where = f"$.suppress[{at}]"
        if not any(char.isalnum() for char in entry.reason):
            yield f"a reason must be given - at `{where}.reason`"
        if not _FINGERPRINT.fullmatch(entry.fingerprint):
            yield f"no fingerprint of 32 hexadecimal digits - at `{where}.fingerprint`"
        if not entry.path.strip("/ "):
            yield f"an empty pattern - at `{where}.path`"


def _nearest(name: str, known: Collection[str]) -> str:
    """What was probably meant; "" if nothing is like it."""
    from difflib import get_close_matches  # here, since only a mistake needs it

    return next(iter(get_close_matches(name, known, n=1)), "")


def _with_choices(problem: str) -> str:
    """The problem with the allowed values, which msgspec does not name."""
    for key, choices in (("min-severity", Severity), ("min-confidence", Confidence)):
        if problem.startswith("Invalid enum value") and f"`$.{key}`" in problem:
            return problem.replace(" - at ", f", not one of {', '.join(choices)} - at ", 1)
    return problem


def _refused(located: Located, problem: str) -> ConfigurationError:
    """Names the key as it is written in the file instead of msgspec's `$`."""
    where = _WHERE.search(problem)
    key = f"tool.gnomon.{where['key']}".rstrip(".") if where else "tool.gnomon"
    return ConfigurationError(f"{located.name}: {_WHERE.sub('', problem)} - at `{key}`", remedy=_LEAVE_OUT)
