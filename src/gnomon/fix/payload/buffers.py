"""Buffers in memory that one pickle is loaded from, or dumped into."""

import ast

from gnomon.core.site import CodeSite
from gnomon.fix.sources import Sources, span_of
from gnomon.python.facts import last_name

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_PICKLING = frozenset({"load", "dump", "Pickler", "Unpickler"})


def content(node: ast.expr) -> ast.expr | None:
    """What `BytesIO(data)` is given."""
    match node:
        case ast.Call(args=[data], keywords=[]) if _makes_buffer(node):
            return data
    return None


def holds_one_pickle(file: ast.expr | None, site: CodeSite, sources: Sources) -> bool:
    """True for a name of a buffer that is made for the one load or dump at `site`, as often as that is run."""
    function = sources.function(site.path, site.span) or sources.module(site.path)
    if not isinstance(file, ast.Name) or function is None:
        return False
    nodes = list(ast.walk(function))
    made = [node for node in nodes if isinstance(node, ast.Assign | ast.AnnAssign) and _binds(node, file.id)]
    pickling = [node for node in nodes if isinstance(node, ast.Call) and _pickles(node, file.id)]
    if len(made) != 1 or len(pickling) != 1 or made[0].value is None or not _makes_buffer(made[0].value):
        return False
    return _loop(made[0], site.path, sources) is _loop(file, site.path, sources)


def _binds(node: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _pickles(node: ast.Call, name: str) -> bool:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    own = any(isinstance(argument, ast.Name) and argument.id == name for argument in given)
    return own and last_name(node.func) in _PICKLING


def _makes_buffer(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "BytesIO"


def _loop(node: ast.AST, path: str, sources: Sources) -> ast.AST | None:
    """The innermost loop of the same function around a node."""
    span = span_of(node)
    around = sources.around(path, span) if span is not None else []
    scope = next(
        (at for at, outer in enumerate(around) if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)), -1
    )
    return next((outer for outer in around[: scope if scope >= 0 else None] if isinstance(outer, _LOOPS)), None)
