"""Whether the bytes of a channel provably go nowhere else: from a dump into sends, from a receive into loads."""

import ast
from collections.abc import Sequence

from gnomon.core.channel import Dump, Load
from gnomon.core.site import CodeSite, Span
from gnomon.fix.sources import Sources, span_of
from gnomon.python.facts import last_name

_DEPTH = 4
"""Names that one set of bytes is followed through."""
_ONLY_LOOKING = frozenset({"len", "getsizeof", "sha256", "md5", "crc32", "debug", "info"})
"""Calls that give no bytes back: a length, a digest, a line in a log."""
_MAKING = frozenset({
    "bytes", "bytearray", "memoryview", "BytesIO", "join", "pack", "b64encode", "b64decode", "compress", "decompress",
    "encode", "decode", "hex", "fromhex", "hexlify", "unhexlify",
})  # fmt: skip
"""Calls that give the bytes in another form."""
_TESTS = (ast.If, ast.While, ast.IfExp, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Assert)


def all_is_sent(dump: Dump, sources: Sources) -> bool:
    """True if the dump stands in a call that sends it, or in names that are used in such calls alone."""
    return dump.sends or dump.direct or _Walk(sources, dump.sent_at).covers(dump.site)


def all_is_loaded(load: Load, loads: Sequence[Load], sources: Sources) -> bool:
    """True if what the load is given is loaded and nothing else; `loads` are all those of its channel."""
    if load.receives or load.direct:
        return True
    walk = _Walk(sources, [each.site for each in loads])
    return bool(load.received_at) and all(walk.covers(site) for site in load.received_at)


class _Walk:
    """Follows values from where they are made to the calls in which they may end."""

    def __init__(self, sources: Sources, ends: Sequence[CodeSite]) -> None:
        self._sources = sources
        self._ends = [(site.path, site.span) for site in ends]

    def covers(self, site: CodeSite) -> bool:
        """True if an expression's value goes into the ends alone."""
        node = self._sources.expression(site.path, site.span)
        return node is not None and self._ends_well(node, site.path, _DEPTH)

    def _ends_well(self, node: ast.AST, path: str, depth: int) -> bool:
        while True:
            span = span_of(node)
            if span is not None and any(where == path and _holds(end, span) for where, end in self._ends):
                return True
            parent = self._sources.parent(path, node)
            if isinstance(parent, ast.Call) and node is not parent.func:
                name = last_name(parent.func)
                if name in _ONLY_LOOKING:
                    return True
                if name not in _MAKING:
                    return False
            elif isinstance(parent, ast.Assign | ast.AnnAssign) and node is parent.value:
                targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
                return depth > 0 and all(self._name_ends_well(target, path, depth - 1) for target in targets)
            elif isinstance(parent, _TESTS):
                return True
            elif not isinstance(
                parent, ast.BinOp | ast.List | ast.Tuple | ast.keyword | ast.Attribute | ast.Call | ast.Await
            ):
                return False
            node = parent

    def _name_ends_well(self, target: ast.expr, path: str, depth: int) -> bool:
        """True if all that is read of a function's own name ends well."""
        span = span_of(target)
        function = self._sources.function(path, span) if span is not None else None
        if not isinstance(target, ast.Name) or function is None:
            return False
        shared = any(
            isinstance(node, ast.Global | ast.Nonlocal) and target.id in node.names for node in ast.walk(function)
        )
        reads = [
            node
            for part in (*self._while_bound(target, path),) or (function,)
            for node in ast.walk(part)
            if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
        ]
        return not shared and bool(reads) and all(self._ends_well(node, path, depth) for node in reads)

    def _while_bound(self, target: ast.Name, path: str) -> list[ast.stmt]:
        """The statements up to where the name is bound anew (`reply = loads(reply)`); none if it isn't."""
        span = span_of(target)
        bound = self._sources.statement(path, span) if span is not None else None
        parent = self._sources.parent(path, bound) if bound is not None else None
        blocks = [getattr(parent, name, None) for name in ("body", "orelse", "finalbody")]
        block = next((block for block in blocks if isinstance(block, list) and bound in block), [])
        following: list[ast.stmt] = block[block.index(bound) + 1 :] if bound is not None and block else []
        for number, statement in enumerate(following):
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if any(isinstance(each, ast.Name) and each.id == target.id for each in targets):
                return following[: number + 1]
        return []


def _holds(outer: Span, inner: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end
