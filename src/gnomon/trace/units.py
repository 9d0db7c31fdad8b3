"""A file's definitions as units of comparison: hashes, and the few facts that a copy's state depends on."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from gnomon.trace.hashing import hashed, shingles
from gnomon.trace.normal import DefinitionNode, Statement, imports_of, statements

MAX_STATEMENTS = 4_000
"""Of one definition: generated code beyond that is no copy of anything."""
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


def units(tree: ast.Module, path: str, sinks: frozenset[str]) -> list[Unit]:
    """Every function that is not inside of another, and every class; `sinks` are the tokens of unsafe loads."""
    imports = imports_of(tree, path)
    found = []
    for qualname, node in definitions(tree):
        written = statements(node, imports)
        if 0 < len(written) <= MAX_STATEMENTS:
            found.append(_unit(qualname, node, written, sinks))
    return found


def definitions(tree: ast.Module) -> Iterator[tuple[str, DefinitionNode]]:
    """(qualified name, node) of the same, in the order of their lines within each class."""
    pending: list[tuple[str, ast.AST]] = [("", tree)]
    while pending:
        outer, node = pending.pop(0)
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield outer + inner.name, inner
            if isinstance(inner, ast.ClassDef):
                pending.append((f"{outer}{inner.name}.", inner))
            elif isinstance(inner, _NESTED):
                pending.append((outer, inner))


def _unit(qualname: str, node: DefinitionNode, written: tuple[Statement, ...], sinks: frozenset[str]) -> Unit:
    decorators = [each.lineno for each in node.decorator_list]
    return Unit(
        qualname=qualname,
        line=min([node.lineno, *decorators]),
        end_line=node.end_lineno or node.lineno,
        is_class=isinstance(node, ast.ClassDef),
        statements=tuple(hashed(statement.tokens) for statement in written),
        shingles=shingles(written),
        loads=tuple(_loads(written, sinks)),
        addresses=tuple(dict.fromkeys(_addresses(written))),
        calls=frozenset(_calls(written)),
    )


def _loads(written: tuple[Statement, ...], sinks: frozenset[str]) -> Iterator[Load]:
    for statement in written:
        for api in dict.fromkeys(token for token in statement.tokens if token in sinks):
            yield Load(statement.line, api, tuple(_guard(guard) for guard in statement.guards))


def _guard(tokens: tuple[str, ...]) -> Guard:
    holds = tokens[0] == "if"
    return Guard(hashed(("if", *tokens[1:])), holds, " ".join(tokens[1:]))


def _addresses(written: tuple[Statement, ...]) -> Iterator[str]:
    for statement in written:
        for token in statement.tokens:
            if token[:1] == "'" and ("://" in token or token[1:] in ("*", "0.0.0.0", "::")):  # noqa: S104 (a text that is looked for)
                yield token[1:]


def _calls(written: tuple[Statement, ...]) -> Iterator[str]:
    for statement in written:
        for token, following in zip(statement.tokens, statement.tokens[1:], strict=False):
            if following == "(":
                yield token.rpartition(".")[2]
