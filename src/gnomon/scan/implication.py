"""What one expression of a function says about another: shared variables, tests that imply a check's success."""

import ast

from gnomon.scan.values import Frame


def variables(node: ast.AST, frame: Frame) -> set[str]:
    """Local variables that an expression is computed from, through assignments of the same function."""
    facts = frame.scope.facts
    found: set[str] = set()
    queue = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    while queue:
        name = queue.pop()
        bindings = facts.bindings.get(name, ())
        if name in found or not any(binding.kind in ("assign", "for", "aug") for binding in bindings):
            continue
        found.add(name)
        for binding in bindings:
            if binding.value is not None:
                queue += [part.id for part in ast.walk(binding.value) if isinstance(part, ast.Name)]
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
    if isinstance(test, ast.BoolOp):
        every = isinstance(test.op, ast.And) == needed
        return every and any(implies(value, check, needed=needed) for value in test.values)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "any" and len(test.args) == 1:
        generator = test.args[0]  # `any(verify(key) for key in keys)`: one of them succeeded, so the check did
        return needed and isinstance(generator, ast.GeneratorExp) and implies(generator.elt, check, needed=True)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.comparators[0], ast.Constant):
        expected = test.comparators[0].value
        if isinstance(expected, bool) and contains(test.left, check):
            same = isinstance(test.ops[0], (ast.Is, ast.Eq))
            return implies(test.left, check, needed=(expected == needed) is same)
    return False
