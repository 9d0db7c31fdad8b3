"""The target's deployment files, read when a question needs them: what they set, publish and start."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gnomon.core.site import CodeSite, Span
from gnomon.core.tree import DeploymentFile
from gnomon.deployment.facts import PLACEHOLDER, Unit, Unreadable, Variable
from gnomon.deployment.variables import is_env_file, of_file
from gnomon.python.text import single_line

MAX_CODE = 200
"""Characters of a line that are shown."""
_REFERENCE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$\((\w+)\)|\$(\w+)")
_MAX_REFERENCES = 10
_MAX_VALUE = 1_000
"""Characters of a value that can be an address or a switch."""


class Placed(Struct, frozen=True):
    """A unit, and the file that tells of it."""

    path: str
    """Where its lines are: the file itself, or one of variables that it names."""
    unit: Unit
    folder: str
    """The folder of the file that starts it, ending in `/`; "" for the root."""


class Deployments:
    """What the files say, and which could not be read although a question needed them."""

    def __init__(self, files: Iterable[DeploymentFile]) -> None:
        self._data = {file.path: file.data for file in files}
        self._units: dict[str, tuple[Placed, ...]] = {}
        self._unreadable: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        """Path -> why it could not be read."""

    def mentioning(self, names: Sequence[str], *, needed: bool = True) -> Iterator[Placed]:
        """Units of the files that have one of the names in their text, or in that of a file of variables.

        `needed` says whether a file that can't be read must be listed.
        """
        wanted = [name.encode("utf-8", "replace") for name in names]
        bearing = {path for path, data in self._data.items() if any(name in data for name in wanted)}
        by_file = any(is_env_file(path) for path in bearing)
        for path, data in self._data.items():
            if not is_env_file(path) and (path in bearing or (by_file and b"env_file" in data)):
                yield from self._of(path, needed=needed)

    def site(self, path: str, line: int) -> CodeSite:
        """A place in a deployment file."""
        lines = self._data[path].split(b"\n")
        code = lines[line - 1].decode("utf-8", "replace") if 0 < line <= len(lines) else ""
        return CodeSite(path=path, span=Span(line=line, end_line=line), code=single_line(code).strip()[:MAX_CODE])

    def _of(self, path: str, *, needed: bool) -> tuple[Placed, ...]:
        from gnomon.deployment.reading import units  # here, since few scans have a question for these files

        known = self._units.get(path)
        if known is None:
            try:
                known = tuple(self._with_env_files(path, units(path, self._data[path])))
            except Unreadable as error:
                known = ()
                self._unreadable[path] = str(error)
            self._units[path] = known
        if needed and path in self._unreadable:
            self.skipped[path] = self._unreadable[path]
        return known

    def _with_env_files(self, path: str, found: Iterable[Unit]) -> Iterator[Placed]:
        """The units, and after each what the files of variables that it names set for it."""
        folder = path[: path.rfind("/") + 1]
        for unit in found:
            yield Placed(path, unit, folder)
            for named in unit.env_files:
                file = _beside(path, named.text)
                data = self._data.get(file) if is_env_file(file) else None
                if data is not None:
                    inner = Unit(commands=unit.commands, variables=tuple(of_file(data)), built_here=unit.built_here)
                    yield Placed(file, inner, folder)


def resolved(value: str, variables: Sequence[Variable], name: str = "") -> str:
    """The value, of the variable `name`, with what it refers to put in; "" if that is only known when it runs.

    `${NAME:-default}` is the default: it counts if nobody sets the variable.
    """
    known = {variable.name: variable.value for variable in variables if variable.name != name}
    text = value.strip().strip("\"'")
    if len(text) > _MAX_VALUE:
        return ""
    for _ in range(_MAX_REFERENCES):
        match = _REFERENCE.search(text)
        if match is None:
            break
        given = known.get(match[1] or match[3] or match[4], match[2] or "")
        if not given or _REFERENCE.search(given):
            return ""
        text = text[: match.start()] + given + text[match.end() :]
    return "" if PLACEHOLDER in text or "$" in text else text


def _beside(path: str, relative: str) -> str:
    """A path as a compose file writes it, from the target's root."""
    parts = path.split("/")[:-1]
    for part in relative.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
