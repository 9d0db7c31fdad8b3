"""Sources changed by patches that are made from their own syntax trees."""

import ast

from gnomon.core.patch import Import, Patch, Replacement
from gnomon.core.site import Span
from gnomon.fix.protocol import Refused, Rewritten
from gnomon.fix.rewriting import rewritten
from gnomon.fix.sources import span_of

PATH = "p/a.py"


def calls(source: str, name: str) -> list[ast.Call]:
    """The calls of a dotted name, in the order of the text."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [node for node in found if ast.unparse(node.func) == name]
    return sorted(named, key=lambda node: (node.lineno, node.col_offset))


def span(node: ast.AST) -> Span:
    """Its place."""
    found = span_of(node)
    assert found is not None
    return found


def renamed(source: str, name: str, new: str) -> tuple[Replacement, ...]:
    """Each call of `name` with one argument becomes one of `new`, its argument kept."""
    return tuple(
        Replacement(path=PATH, span=span(call), pieces=(f"{new}(", span(call.args[0]), ")"))
        for call in calls(source, name)
    )


def statement(source: str, line: int, *pieces: str | Span) -> Replacement:
    """The statement that begins on a line, replaced."""
    node = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt) and node.lineno == line)
    return Replacement(path=PATH, span=span(node), pieces=pieces, statement=True)


def imported(module: str, name: str = "", alias: str = "") -> Import:
    """An import of the file."""
    return Import(path=PATH, module=module, name=name, alias=alias)


def changed(source: str | bytes, *replacements: Replacement, **others: tuple[Import, ...]) -> str:
    """The text after the patch, its line ends as they are."""
    data = source.encode() if isinstance(source, str) else source
    result = rewritten({PATH: data}, Patch(replacements=replacements, **others))
    assert isinstance(result, Rewritten), result
    return result.files[PATH].decode()


def refused(source: str | bytes, *replacements: Replacement, **others: tuple[Import, ...]) -> str:
    """Why the patch can't be applied."""
    data = source.encode() if isinstance(source, str) else source
    result = rewritten({PATH: data}, Patch(replacements=replacements, **others))
    assert isinstance(result, Refused), result
    return result.reason
