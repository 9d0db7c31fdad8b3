"""Whether the bytes of a dump provably go through its channel and nowhere else."""

import ast

from gnomon.core.channel import Dump
from gnomon.core.site import Span
from gnomon.fix.sources import Sources, span_of
from gnomon.python.facts import last_name

_DEPTH = 4
"""Names that one set of bytes is followed through."""
_ONLY_LOOKING = frozenset({"len", "getsizeof", "sha256", "md5", "crc32", "nbytes", "debug", "info"})
"""Calls that give no bytes back: a length, a digest, a line in a log."""
_MAKING = frozenset({"bytes", "bytearray", "memoryview", "b64encode", "compress", "encode", "pack", "join", "decode"})
"""Calls that give the bytes in another form."""


def goes_nowhere_else(dump: Dump, sources: Sources) -> bool:
    """True if the dump stands in a call that sends it, or in names that are used in such calls alone."""
    if dump.sends or dump.direct:
        return True
    path = dump.site.path
    node = sources.expression(path, dump.site.span)
    sending = [site.span for site in dump.sent_at if site.path == path]
    return node is not None and bool(sending) and _is_sent(node, path, sending, sources, _DEPTH)


def _is_sent(node: ast.AST, path: str, sending: list[Span], sources: Sources, depth: int) -> bool:
    """True if an expression's value ends in one of the sending calls."""
    while True:
        span = span_of(node)
        if span is not None and any(_holds(outer, span) for outer in sending):
            return True
        parent = sources.parent(path, node)
        if isinstance(parent, ast.Call) and node is not parent.func:
            name = last_name(parent.func)
            if name in _ONLY_LOOKING:
                return True
            if name not in _MAKING:
                return False
        elif isinstance(parent, ast.Assign | ast.AnnAssign) and node is parent.value:
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            return depth > 0 and all(_name_is_sent(target, path, sending, sources, depth - 1) for target in targets)
        elif not isinstance(parent, ast.BinOp | ast.List | ast.Tuple | ast.keyword | ast.Attribute | ast.Call):
            return False
        node = parent


def _name_is_sent(target: ast.expr, path: str, sending: list[Span], sources: Sources, depth: int) -> bool:
    """True if all that is read of a function's own name is sent, or only looked at."""
    span = span_of(target)
    function = sources.function(path, span) if span is not None else None
    if not isinstance(target, ast.Name) or function is None:
        return False
    own = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == target.id]
    declared = any(
        isinstance(node, ast.Global | ast.Nonlocal) and target.id in node.names for node in ast.walk(function)
    )
    reads = [node for node in own if isinstance(node.ctx, ast.Load)]
    return not declared and bool(reads) and all(_is_sent(node, path, sending, sources, depth) for node in reads)


def _holds(outer: Span, inner: Span) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )
