"""Order of execution inside one scope: which bindings reach a use, and which tests guard a node."""

import ast
from bisect import bisect_right
from collections.abc import Iterator

from gnomon.python.facts import Binding, Facts

MAX_BINDINGS = 120
"""Bindings of one name that are told apart at one use."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_TRANSPARENT = (ast.With, ast.AsyncWith)
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
Position = tuple[int, int]


def start(node: ast.AST) -> Position:
    """Where a node begins."""
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def end(node: ast.AST) -> Position:
    """Where a node ends."""
    return (getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0)


def ancestors(node: ast.AST, facts: Facts) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Pairs (child, parent) from `node` up to the scope's own node."""
    parents = facts.parents
    parent = parents.get(node)
    while parent is not None:
        yield node, parent
        node, parent = parent, parents.get(parent)


def reaching(bindings: list[Binding], use: ast.AST, facts: Facts) -> list[Binding]:
    """The bindings whose value can be seen at `use`, nearest first."""
    if len(bindings) == 1:
        return bindings
    for child, parent in ancestors(use, facts):
        if isinstance(parent, _COMPREHENSIONS):
            own = [
                item
                for item in bindings
                if item.kind == "for" and _inside(item.node, parent) and not _inside(item.node, child)
            ]
            if own:
                return own
    if len(bindings) > MAX_BINDINGS:
        bindings = _nearest(bindings, use)
    before, after = _split(bindings, use)
    blocks = set(_blocks_around(use, facts))
    around = {parent for _, parent in ancestors(use, facts)}
    reached: list[Binding] = []
    killer: Binding | None = None
    for binding in before:
        reached.append(binding)
        own_loop = binding.kind == "for" and facts.parents.get(binding.node) in around
        if own_loop or (binding.kind not in ("aug", "for") and _block_of(binding.node, facts) in blocks):
            killer = binding
            break
    loops = [parent for _, parent in ancestors(use, facts) if isinstance(parent, _LOOPS)]
    if killer is not None:
        loops = [loop for loop in loops if not _inside(killer.node, loop)]
    reached += [binding for binding in after if any(_inside(binding.node, loop) for loop in loops)]
    return reached


def dominating(bindings: list[Binding], use: ast.AST, facts: Facts) -> Binding | None:
    """The nearest binding that always runs before `use`, if no other can run in between."""
    before, _ = _split(bindings, use) if bindings else ([], [])
    blocks = set(_blocks_around(use, facts)) if before else set()
    if before and _block_of(before[0].node, facts) in blocks:
        return before[0]
    return None


def _nearest(bindings: list[Binding], use: ast.AST) -> list[Binding]:
    """The bindings around a use of a name that is bound very often (they come in source order)."""
    middle = bisect_right(bindings, start(use), key=lambda binding: start(binding.node))
    half = MAX_BINDINGS // 2
    return bindings[max(middle - half, 0) : middle + half]


def _split(bindings: list[Binding], use: ast.AST) -> tuple[list[Binding], list[Binding]]:
    """Bindings that took effect before `use` (nearest first), and the others."""
    at = start(use)
    before = [binding for binding in bindings if binding.kind == "param" or end(binding.node) <= at]
    reached = {id(binding) for binding in before}
    after = [binding for binding in bindings if id(binding) not in reached]
    before.sort(key=lambda binding: (binding.kind != "param", end(binding.node)), reverse=True)
    return before, after


def _inside(node: ast.AST, outer: ast.AST) -> bool:
    return start(outer) <= start(node) and end(node) <= end(outer)


def _field_of(child: ast.AST, parent: ast.AST) -> str:
    """Name of the statement list of `parent` that holds `child`; "" for expressions."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and any(item is child for item in block):
            return name
    return ""


def _block_of(node: ast.AST, facts: Facts) -> tuple[int, str]:
    """The innermost statement list around `node`; a `with` body counts as part of the list around it."""
    for child, parent in ancestors(node, facts):
        name = _field_of(child, parent)
        if name and not isinstance(parent, _TRANSPARENT):
            return id(parent), name
    return 0, "scope"


def _blocks_around(node: ast.AST, facts: Facts) -> Iterator[tuple[int, str]]:
    """Every statement list around `node`."""
    yield 0, "scope"
    for child, parent in ancestors(node, facts):
        name = _field_of(child, parent)
        if name:
            yield id(parent), name


def leaves(block: list[ast.stmt]) -> bool:
    """True if the statements always end the surrounding block (return, raise, continue, break, exit)."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, _ENDS):
        return True
    if isinstance(last, ast.If):
        return leaves(last.body) and leaves(last.orelse)
    if isinstance(last, (ast.With, ast.AsyncWith)):
        return leaves(last.body)
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and _exits(last.value.func)


def _exits(function: ast.expr) -> bool:
    """`sys.exit`, `os._exit`, `exit`, `context.abort`."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("exit", "_exit", "abort")


def guards(node: ast.AST, facts: Facts) -> Iterator[tuple[ast.expr, bool]]:
    """Tests that decide whether `node` runs, with the outcome it needs, innermost first.

    Covers enclosing `if`, `while` and conditional expressions, and earlier `if` statements of the same or an enclosing
    block whose body leaves it.
    """
    for child, parent in ancestors(node, facts):
        if isinstance(parent, (ast.If, ast.While)) and child is not parent.test:
            yield parent.test, _field_of(child, parent) == "body"
        elif isinstance(parent, ast.IfExp) and child is not parent.test:
            yield parent.test, child is parent.body
        elif isinstance(parent, ast.BoolOp) and child is not parent.values[0]:
            needed = isinstance(parent.op, ast.And)
            for value in parent.values:
                if value is child:
                    break
                yield value, needed
        yield from _earlier_exits(child, parent)


def _earlier_exits(child: ast.AST, parent: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    name = _field_of(child, parent)
    if not name:
        return
    for statement in reversed(_preceding(getattr(parent, name), child)):
        if isinstance(statement, ast.If):
            if leaves(statement.body):
                yield statement.test, False
            elif statement.orelse and leaves(statement.orelse):
                yield statement.test, True


def _preceding(block: list[ast.stmt], child: ast.AST) -> list[ast.stmt]:
    for index, statement in enumerate(block):
        if statement is child:
            return block[:index]
    return []


def preceding_statements(node: ast.AST, facts: Facts) -> Iterator[ast.stmt]:
    """Statements that always run before `node` in its own and the enclosing blocks, nearest first."""
    for child, parent in ancestors(node, facts):
        name = _field_of(child, parent)
        if not name:
            continue
        for statement in reversed(_preceding(getattr(parent, name), child)):
            yield statement
            if isinstance(statement, (ast.With, ast.AsyncWith, ast.Try)):
                yield from reversed(statement.body)


def following_statements(node: ast.AST, facts: Facts) -> Iterator[ast.stmt]:
    """Statements of its own and the enclosing blocks that may run after `node`, nearest first."""
    for child, parent in ancestors(node, facts):
        name = _field_of(child, parent)
        block: list[ast.stmt] = getattr(parent, name) if name in ("body", "orelse", "finalbody") else []
        for index, statement in enumerate(block):
            if statement is child:
                yield from block[index + 1 :]
