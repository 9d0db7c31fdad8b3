"""New files put together from their sections: a docstring, imports in groups, and each body once."""

import ast
import sys
from collections.abc import Iterable

from gnomon.core.patch import Section
from gnomon.fix.protocol import Refusal

WIDTH = 88
"""Characters of an import's line beyond which its names get lines of their own."""


def composed(sections: Iterable[Section], own: frozenset[str] = frozenset()) -> dict[str, str]:
    """Text of each new file by its path. Raises Refusal if sections of one name contradict each other.

    `own`: as for `kind_of`.
    """
    files: dict[str, dict[str, Section]] = {}
    for section in sections:
        known = files.setdefault(section.path, {}).setdefault(section.name, section)
        if known.body != section.body:
            raise Refusal(f"two parts of {section.path} that are called {section.name} contradict each other")
    return {path: _file([parts[name] for name in sorted(parts)], own) for path, parts in files.items()}


def own_names(paths: Iterable[str]) -> frozenset[str]:
    """What imports of new files can begin with: nothing but their paths tells."""
    return frozenset(part for path in paths for part in path.removesuffix(".py").split("/"))


def _file(sections: list[Section], own: frozenset[str]) -> str:
    imports = grouped((line for section in sections for line in section.imports), own)
    bodies = dict.fromkeys(section.body.strip("\n") for section in sections)
    parts = [f'"""{sections[0].summary}"""', imports, *bodies]
    text = ""
    for part in filter(None, parts):
        gap = "\n\n\n" if part in bodies and _is_definition(part, text) else "\n\n"
        text += part if not text else gap + part
    return text + "\n"


def _is_definition(part: str, before: str) -> bool:
    """True where two blank lines separate: before a function or class, and after one."""
    last = before.rstrip("\n").rpartition("\n")[2]
    return part.startswith(("def ", "async def ", "class ", "@")) or last.startswith((" ", "\t"))


def grouped(lines: Iterable[str], own: frozenset[str]) -> str:
    """Import lines, each once, names of one module together, in groups that a blank line parts."""
    plain: set[tuple[str, str]] = set()
    named: dict[tuple[int, str], set[tuple[str, str]]] = {}
    for line in lines:
        for node in ast.parse(line).body:
            match node:
                case ast.Import(names=names):
                    plain |= {(alias.name, alias.asname or "") for alias in names}
                case ast.ImportFrom(module=module, names=names, level=level):
                    key = (level, module or "")
                    named.setdefault(key, set()).update((alias.name, alias.asname or "") for alias in names)
    groups: dict[int, list[str]] = {}
    for name, alias in sorted(plain):
        groups.setdefault(kind_of(name, own), []).append(f"import {_aliased(name, alias)}")
    for (level, module), found in sorted(named.items(), key=lambda item: (-item[0][0], item[0][1])):
        full = "." * level + module
        written = [_aliased(name, alias) for name, alias in sorted(found, key=_order)]
        groups.setdefault(kind_of(full, own), []).append(import_line(full, written))
    return "\n\n".join("\n".join(groups[kind]) for kind in sorted(groups))


def import_line(module: str, names: list[str]) -> str:
    """`from module import …`, over several lines if one would be too long."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def kind_of(module: str, own: frozenset[str]) -> int:
    """The group of a module's import: 0 `__future__`, 1 the standard library, 2 others, 3 the target's, 4 relative.

    `own` has the first parts of the names that the target's modules are imported by.
    """
    if module.startswith("."):
        return 4
    root = module.partition(".")[0]
    if root == "__future__":
        return 0
    return 3 if root in own else 1 if root in sys.stdlib_module_names else 2


def _order(name: tuple[str, str]) -> tuple[int, str, str]:
    """Constants before classes before others, each as in a dictionary, as isort and ruff have it."""
    text = name[0]
    return (0 if text.isupper() and len(text) > 1 else 1 if text[:1].isupper() else 2, text.lower(), text)


def _aliased(name: str, alias: str) -> str:
    return f"{name} as {alias}" if alias else name
