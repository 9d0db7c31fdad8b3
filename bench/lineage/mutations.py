"""A function's syntax tree -> the same, changed in one way as a copier would: each kind with its intensity and seed.

Everything is decided by the random generator that is given. A mutated function need not run, it is only compared.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import TypeVar

Function = ast.FunctionDef | ast.AsyncFunctionDef
Mutation = Callable[[Function, float, Random], list[Function]]

T = TypeVar("T")
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)
_INSERTED = (
    "logger.info('step %d done', {number})",
    "logger.debug('state: %s', {number})",
    "extra_{number} = time.monotonic()",
    "self.metrics.observe(extra_{number}=len(self.pending_{number}))",
    "if self.verbose_{number}:\n    print('at step', {number})",
    "assert extra_{number} is not None",
)


def renamed_locals(function: Function, intensity: float, random: Random) -> list[Function]:
    """Parameters and variables under other names, everywhere in the function."""
    names = sorted({node.arg for node in ast.walk(function) if isinstance(node, ast.arg)} | set(_stored(function)))
    chosen = {name: f"renamed_{number}" for number, name in enumerate(_share(names, intensity, random))}
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            node.id = chosen.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = chosen.get(node.arg, node.arg)
    return [function]


def renamed_attributes(function: Function, intensity: float, random: Random) -> list[Function]:
    """Attributes and methods of objects under other names; what is called on a module is left alone."""
    own = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)} | set(_stored(function))
    mine = [node for node in ast.walk(function) if isinstance(node, ast.Attribute) and _root(node) in own]
    chosen = {name: f"{name}_" for name in _share(sorted({node.attr for node in mine}), intensity, random)}
    for node in mine:
        node.attr = chosen.get(node.attr, node.attr)
    return [function]


def reordered(function: Function, intensity: float, random: Random) -> list[Function]:
    """Neighbouring statements that share no name with each other, swapped."""
    pairs = [
        (block, at)
        for block in _blocks(function)
        for at in range(len(block) - 1)
        if _independent(block[at], block[at + 1])
    ]
    for block, at in _share(pairs, intensity, random):
        block[at], block[at + 1] = block[at + 1], block[at]
    return [function]


def inserted(function: Function, intensity: float, random: Random) -> list[Function]:
    """Logging, measuring and checking between the statements: that many of a hundred there were."""
    count = round(intensity * sum(len(block) for block in _blocks(function)))
    for number in range(max(count, 1)):
        block = random.choice(list(_blocks(function)))
        block[random.randint(0, len(block)) : 0] = ast.parse(random.choice(_INSERTED).format(number=number)).body
    return [function]


def deleted(function: Function, intensity: float, random: Random) -> list[Function]:
    """Simple statements left out; the load may be among them."""
    places = [(block, each) for block in _blocks(function) for each in block if isinstance(each, _SIMPLE)]
    for block, each in _share(places, intensity, random):
        block.remove(each)
        if not block:
            block.append(ast.Pass())
    return [function]


def split(function: Function, intensity: float, _: Random) -> list[Function]:
    """The last part of the body as a function of its own, which the first calls."""
    block = max(_blocks(function), key=len)
    moved = max(1, round(intensity * len(block)))
    if len(block) < 2:
        return [function]
    rest = block[len(block) - moved :]
    del block[len(block) - moved :]
    block += ast.parse("self.do_the_rest(values)").body
    second = copy.copy(function)
    second.name, second.body = "do_the_rest", rest
    return [function, second]


def retyped(function: Function, intensity: float, random: Random) -> list[Function]:
    """Annotations at parameters, results and assignments; the layout is another one in any case."""
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    for node in _share(parameters, intensity, random):
        node.annotation = ast.parse("dict[str, list[int]] | None", mode="eval").body
    for block in _blocks(function):
        for at in _share(range(len(block)), intensity, random):
            statement = block[at]
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name | ast.Attribute):
                annotation = ast.Name("Value", ast.Load())
                block[at] = ast.AnnAssign(statement.targets[0], annotation, statement.value, simple=1)
    function.returns = ast.Name("Result", ast.Load())
    return [function]


KINDS: Mapping[str, Mutation] = {
    "locals renamed": renamed_locals,
    "attributes renamed": renamed_attributes,
    "statements reordered": reordered,
    "statements inserted": inserted,
    "statements deleted": deleted,
    "split in two": split,
    "annotated and reformatted": retyped,
}


def mutated(function: Function, kind: str, intensity: float, seed: str) -> list[Function]:
    """The changed function, or the two it was split into; `function` is left as it is."""
    changed = KINDS[kind](copy.deepcopy(function), intensity, Random(seed))  # noqa: S311  (nothing is secret here)
    again = [ast.parse(ast.unparse(ast.fix_missing_locations(each))).body[0] for each in changed]
    return [each for each in again if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]


def _share(every: Sequence[T], intensity: float, random: Random) -> list[T]:
    return random.sample(list(every), min(len(every), max(1, round(intensity * len(every)))) if every else 0)


def _blocks(function: Function) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def _stored(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            yield inner.id


def _root(node: ast.Attribute) -> str:
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    if not isinstance(one, _SIMPLE) or not isinstance(other, _SIMPLE):
        return False
    first, second = _names(one), _names(other)
    return not (_changed(one) & second or _changed(other) & first)


def _names(node: ast.AST) -> set[str]:
    return {ast.unparse(inner) for inner in ast.walk(node) if isinstance(inner, ast.Name | ast.Attribute)}


def _changed(node: ast.AST) -> set[str]:
    return {
        ast.unparse(inner)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name | ast.Attribute) and not isinstance(inner.ctx, ast.Load)
    }
