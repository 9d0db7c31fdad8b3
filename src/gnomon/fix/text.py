"""Generated code as a formatter would leave it."""

import ast
from collections.abc import Iterable

WIDTH = 88
"""Characters of a line: what formatters do when nobody says otherwise."""


def quoted(text: str) -> str:
    """A string literal, in double quotes where it has none itself; ASCII alone."""
    literal = ascii(text)
    return literal if literal[0] == '"' or '"' in literal else f'"{literal[1:-1]}"'


def call(before: str, arguments: Iterable[str], after: str = ")") -> str:
    """`before` with its opening bracket, arguments and `after` on a line; a line each if that is too long."""
    given = list(arguments)
    line = f"{before}{', '.join(given)}{after}"
    if len(line) <= WIDTH - 4:
        return line
    indent = before[: len(before) - len(before.lstrip())]
    inner = [wrapped(f"{indent}    ", each, ",") for each in given]
    return "\n".join([before, *inner, f"{indent}{after}"])


def wrapped(before: str, expression: str, after: str = "") -> str:
    """`before`, an expression and `after` on a line; what its brackets hold on a line each if that is too long."""
    line = f"{before}{expression}{after}"
    indent = before[: len(before) - len(before.lstrip())]
    if len(line) + 4 <= WIDTH:
        return line
    entry = _entry(expression)
    if entry is not None:
        return wrapped(f"{before}{entry[0]}: ", entry[1], after)
    opened = _opened(expression)
    if opened is None:
        return _looping(before, expression, after) or line
    head, items, closing = opened
    inner = [wrapped(f"{indent}    ", item, ",") for item in items]
    return "\n".join([f"{before}{head}", *inner, f"{indent}{closing}{after}"])


def _looping(before: str, expression: str, after: str) -> str:
    """A comprehension over several lines; "" for what is none."""
    tree = _parsed(expression)
    head, closing = expression[:1], expression[-1:]
    if isinstance(tree, ast.Call) and len(tree.args) == 1 and isinstance(tree.args[0], ast.GeneratorExp):
        head = expression[: (tree.func.end_col_offset or 0) + 1]
        tree = tree.args[0]
    if not isinstance(tree, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) or len(tree.generators) != 1:
        return ""
    element = expression[len(head) : -1].partition(" for ")[0]
    if isinstance(tree, ast.DictComp):
        element = f"{_segment(expression, tree.key)}: {_segment(expression, tree.value)}"
    elif tree.elt.end_col_offset is not None:
        element = _segment(expression, tree.elt)
    loop = tree.generators[0]
    told = f"for {_segment(expression, loop.target).strip('()')} in {_segment(expression, loop.iter)}"
    indent = before[: len(before) - len(before.lstrip())]
    return "\n".join(
        [
            f"{before}{head}",
            wrapped(f"{indent}    ", element),
            wrapped(f"{indent}    ", told),
            f"{indent}{closing}{after}",
        ]
    )


def _entry(text: str) -> tuple[str, str] | None:
    """Key and value of an entry of a dictionary."""
    tree = _parsed(f"{{{text}}}")
    if not isinstance(tree, ast.Dict) or len(tree.keys) != 1 or tree.keys[0] is None:
        return None
    key = ast.get_source_segment(f"{{{text}}}", tree.keys[0]) or ""
    return key, ast.get_source_segment(f"{{{text}}}", tree.values[0]) or ""


def _opened(text: str) -> tuple[str, list[str], str] | None:
    """What stands before the content of an expression's brackets, the content, and the closing bracket."""
    tree = _parsed(text)
    match tree:
        case ast.Call(args=[ast.GeneratorExp()], keywords=[]):
            return None
        case ast.Call(args=args, keywords=keywords) if args or keywords:
            inner: list[ast.AST] = [*args, *keywords]
            head = text[: (tree.func.end_col_offset or 0) + 1]
        case ast.List(elts=elts) | ast.Set(elts=elts) | ast.Tuple(elts=elts) if elts and text[0] in "([{":
            inner, head = [*elts], text[0]
        case ast.Dict(keys=keys, values=values) if keys:
            pairs = zip(keys, values, strict=True)
            items = [f"{_segment(text, key)}: {_segment(text, value)}" for key, value in pairs if key is not None]
            return "{", items, "}"
        case _:
            return None
    return head, [_segment(text, each) for each in inner], text[-1]


def _segment(text: str, node: ast.AST) -> str:
    return ast.get_source_segment(text, node) or ""


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
