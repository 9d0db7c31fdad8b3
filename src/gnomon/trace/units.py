"""A file's definitions as units of comparison: hashes, and the few facts that a copy's state depends on."""

import ast
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gnomon.trace.hashing import hashed, shingles
from gnomon.trace.normal import DefinitionNode, Statement, imports_of, statements

MAX_STATEMENTS = 4_000
"""Of one definition: generated code beyond that is no copy of anything."""
_EVERY_HOST = ("*", "0.0.0.0", "::")  # noqa: S104 (texts that are looked for)
_NESTED = (ast.If, ast.Try, ast.With)


class Guard(Struct, frozen=True, array_like=True):
    """A condition under which a statement is reached."""

    statement: int
    """Hash of the `if` that states it."""
    holds: bool
    """False: it is reached if the condition does not hold."""
    text: str
    """The condition's tokens, joined by blanks."""


class Load(Struct, frozen=True, array_like=True):
    """A call that could run code named by its input."""

    line: int
    """First of the statement's lines."""
    end_line: int
    api: str
    """As a token: `pickle.loads`, `.recv_pyobj`."""
    guards: tuple[Guard, ...] = ()
    """Conditions for it in its definition, the outermost first."""


class Unit(Struct, frozen=True, array_like=True):
    """A function, or a class with its methods."""

    qualname: str
    line: int
    end_line: int
    is_class: bool
    statements: tuple[int, ...]
    """Hash of each, in order."""
    shingles: frozenset[int]
    loads: tuple[Load, ...]
    addresses: tuple[str, ...]
    """Parts of addresses that are written in it: `tcp://*:`, `0.0.0.0`."""
    calls: frozenset[str]
    """Last names of what it calls."""

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.qualname.rpartition(".")[2]


def units(
    tree: ast.Module, path: str, sinks: frozenset[str], wanted: Sequence[DefinitionNode] | None = None
) -> list[Unit]:
    """Every function that is not inside of another, and every class with methods; `sinks`: tokens of unsafe loads.

    With `wanted` only those of these outermost definitions.
    """
    found: list[Unit] = []
    _collect(outermost(tree) if wanted is None else wanted, "", imports_of(tree, path), sinks, found)
    return found


def outermost(node: ast.AST) -> Iterator[DefinitionNode]:
    """The functions and classes of a module or class that are not inside of another."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, DefinitionNode):
            yield inner
        elif isinstance(inner, _NESTED):
            yield from outermost(inner)


def _collect(
    definitions: Iterable[DefinitionNode], outer: str, imports: dict[str, str], sinks: frozenset[str], found: list[Unit]
) -> list[Unit]:
    """Enters the definitions; gives the functions among them."""
    direct: list[Unit] = []
    for node in definitions:
        if isinstance(node, ast.ClassDef):
            methods = _collect(outermost(node), f"{outer}{node.name}.", imports, sinks, found)
            if methods and sum(len(method.statements) for method in methods) <= MAX_STATEMENTS:
                found.append(class_unit(outer + node.name, node, methods))
            continue
        unit = function_unit(outer + node.name, node, imports, sinks)
        if unit is not None:
            direct.append(unit)
            found.append(unit)
    return direct


def class_unit(qualname: str, node: ast.ClassDef, methods: Sequence[Unit]) -> Unit:
    """A class as its methods, one after the other."""
    return Unit(
        qualname=qualname,
        line=first_line(node),
        end_line=node.end_lineno or node.lineno,
        is_class=True,
        statements=tuple(statement for method in methods for statement in method.statements),
        shingles=frozenset().union(*(method.shingles for method in methods)),
        loads=tuple(load for method in methods for load in method.loads),
        addresses=tuple(dict.fromkeys(address for method in methods for address in method.addresses)),
        calls=frozenset().union(*(method.calls for method in methods)),
    )


def first_line(node: DefinitionNode) -> int:
    """1-based, with its decorators."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def function_unit(
    qualname: str, node: ast.FunctionDef | ast.AsyncFunctionDef, imports: dict[str, str], sinks: frozenset[str]
) -> Unit | None:
    """A function, with those inside of it; None if there is nothing in it, or far too much."""
    written = statements(node, imports)
    if not 0 < len(written) <= MAX_STATEMENTS:
        return None
    return Unit(
        qualname=qualname,
        line=first_line(node),
        end_line=node.end_lineno or node.lineno,
        is_class=False,
        statements=tuple(hashed(statement.tokens) for statement in written),
        shingles=shingles(written),
        loads=tuple(_loads(written, sinks)),
        addresses=tuple(dict.fromkeys(_addresses(written))),
        calls=frozenset(_calls(written)),
    )


def _loads(written: tuple[Statement, ...], sinks: frozenset[str]) -> Iterator[Load]:
    for statement in written:
        for api in dict.fromkeys(token for token in statement.tokens if token in sinks):
            yield Load(statement.line, statement.end_line, api, tuple(_guard(guard) for guard in statement.guards))


def _guard(tokens: tuple[str, ...]) -> Guard:
    holds = tokens[0] == "if"
    return Guard(hashed(("if", *tokens[1:])), holds, " ".join(tokens[1:]))


def _addresses(written: tuple[Statement, ...]) -> Iterator[str]:
    for statement in written:
        tokens = ("", "", *statement.tokens)
        for called, opening, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if token[:1] == "'" and ("://" in token or (token[1:] in _EVERY_HOST and not _is_handed(called, opening))):
                yield token[1:]


def _is_handed(called: str, opening: str) -> bool:
    """True for the first argument of a function of the project's own: often what it falls back to."""
    return opening == "(" and called[:1].isalpha() and called.islower() and "." not in called


def _calls(written: tuple[Statement, ...]) -> Iterator[str]:
    for statement in written:
        for token, following in zip(statement.tokens, statement.tokens[1:], strict=False):
            if following == "(":
                yield token.rpartition(".")[2]
