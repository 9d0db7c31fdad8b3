"""Which files can name a sink, by their text alone."""

import re
from functools import cache

from gnomon.python.project import Project
from gnomon.scan.calls import ORDINARY_NAMES
from gnomon.scan.catalog import Catalog

_TELLING_LENGTH = 8
"""A method's name of this many letters is looked for whatever the file imports."""
_UNPICKLER = re.compile(rb"^[ \t]*class\s+(\w+)\s*\([^)]*Unpickler", re.MULTILINE)


def candidates(project: Project, catalog: Catalog) -> dict[str, set[str]]:
    """Path -> last names of sinks that may be called in it."""
    found: dict[str, set[str]] = {}
    everything = set(project.containing(" import *"))
    for api in catalog.sinks:
        name = api.rpartition(".")[2]
        for path in _files_using(project, api, name, everything):
            found.setdefault(path, set()).add(name)
    for path in project.containing("Unpickler"):
        for match in _UNPICKLER.finditer(project.data[path]):
            unpickler = match.group(1).decode()
            for user in project.naming(unpickler):
                found.setdefault(user, set()).update({"load", unpickler})
    return found


def _files_using(project: Project, api: str, name: str, everything: set[str]) -> set[str]:
    """Files whose text can name the sink: `module.name`, an alias of the module, or an import of the name."""
    module, _, _ = api.rpartition(".")
    last = module.rpartition(".")[2]
    naming = set(project.naming(name))
    if not last[:1].isupper():
        by_name = {path for path in naming & set(project.naming(last)) if _names_it(project.data[path], last, name)}
        return by_name.intersection(project.importing(last)) | (naming & everything)
    if name not in ORDINARY_NAMES and len(name) >= _TELLING_LENGTH:
        return naming
    return naming.intersection(project.naming(last), project.importing(module.partition(".")[0]))


def _names_it(data: bytes, module: str, name: str) -> bool:
    """True if the text may use `name` as that of the module."""
    if any(text.encode() in data for text in (f"{module}.{name}", f'"{module}"', f"'{module}'")):
        return True
    imports, aliases = _patterns(module)
    named = re.compile(rb"\b" + name.encode() + rb"\b|\*")
    if any(named.search(names) for names in imports.findall(data)):
        return True
    return any(alias + b"." + name.encode() in data for alias in aliases.findall(data))


@cache
def _patterns(module: str) -> "tuple[re.Pattern[bytes], re.Pattern[bytes]]":
    """What is imported from a module, and its aliases. Both begin with the name, so that they are searched fast."""
    name = re.escape(module.encode())
    imports = re.compile(name + rb"[ \t]+import\b([^\n(]*\([^)]*|(?:[^\n]|\\\n)*)")
    return imports, re.compile(name + rb"[ \t]+as[ \t]+(\w+)")
