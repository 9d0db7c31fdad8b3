"""What one expression of a function says about another: shared variables, tests that imply a check's success."""

import ast
from collections.abc import Iterator

from gnomon.python.facts import Facts
from gnomon.scan.values import Frame


def variables(node: ast.AST, frame: Frame) -> set[str]:
    """Local variables that an expression is computed from, through assignments of the same function.

    What a digest was updated with (`mac.update(body)`) belongs to it.
    """
    facts = frame.scope.facts
    fed: dict[str, list[ast.expr]] = {}
    for call in facts.calls:
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "update"
            and isinstance(call.func.value, ast.Name)
        ):
            fed.setdefault(call.func.value.id, []).extend(call.args)
    found: set[str] = set()
    queue = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    while queue:
        name = queue.pop()
        bindings = facts.bindings.get(name, ())
        if name in found or not any(binding.kind in ("assign", "for", "aug") for binding in bindings):
            continue
        found.add(name)
        values = [binding.value for binding in bindings if binding.value is not None]
        for value in (*values, *fed.get(name, ())):
            queue += [part.id for part in ast.walk(value) if isinstance(part, ast.Name)]
    return found


def contains(node: ast.expr, part: ast.expr) -> bool:
    """True if `part` is `node` or stands somewhere inside it."""
    return any(inner is part for inner in ast.walk(node))


def implies(test: ast.expr, check: ast.expr, *, needed: bool) -> bool:
    """True if the test coming out as needed means that the check succeeded."""
    if test is check:
        if isinstance(test, ast.Compare):
            return needed == isinstance(test.ops[0], ast.Eq)
        return needed
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return implies(test.operand, check, needed=not needed)
    if isinstance(test, ast.Await | ast.NamedExpr):
        return implies(test.value, check, needed=needed)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "any":
        made = test.args[0] if test.args else None
        return needed and isinstance(made, ast.GeneratorExp | ast.ListComp) and implies(made.elt, check, needed=True)
    if isinstance(test, ast.BoolOp):
        every = isinstance(test.op, ast.And) == needed
        return every and any(implies(value, check, needed=needed) for value in test.values)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.comparators[0], ast.Constant):
        expected = test.comparators[0].value
        if isinstance(expected, bool) and contains(test.left, check):
            same = isinstance(test.ops[0], (ast.Is, ast.Eq))
            return implies(test.left, check, needed=(expected == needed) is same)
    return False


def signs_prefix(check: ast.AST, load: ast.AST, facts: Facts) -> bool:
    """True if a check is on the first bytes (`body[:64]`) of a variable that is loaded whole."""
    if not isinstance(load, ast.Call) or not load.args or not isinstance(load.args[0], ast.Name):
        return False
    name = load.args[0].id
    signed = list(_digested(check, facts))
    whole = any(isinstance(part, ast.Name) and part.id == name for part in signed)
    return not whole and any(_is_prefix_of(part, name) for part in signed)


def _digested(check: ast.AST, facts: Facts) -> Iterator[ast.expr]:
    """The arguments of the calls that make digests, in a check and in the variables that it compares."""
    names = {part.id for part in ast.walk(check) if isinstance(part, ast.Name)}
    assigned = [binding.value for name in names for binding in facts.bindings.get(name, ())]
    for root in (check, *assigned):
        for part in ast.walk(root) if root is not None else ():
            if isinstance(part, ast.Call):
                last = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
                if last in ("new", "HMAC", "digest", "update"):
                    yield from part.args


def _is_prefix_of(node: ast.expr, name: str) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=other), slice=ast.Slice(upper=ast.Constant(value=int()))):
            return other == name
    return False
