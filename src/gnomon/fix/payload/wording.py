"""Loads and dumps written anew: the same call with `loads` and `dumps` of another module in pickle's place."""

import ast

from msgspec import Struct

from gnomon.core.channel import Dump, Load
from gnomon.core.patch import Replacement
from gnomon.core.site import CodeSite, Span
from gnomon.fix.payload.buffers import content, holds_one_pickle
from gnomon.fix.sources import Sources, span_of

Piece = str | Span
_RECEIVING = {"zmq.Socket.recv_pyobj": "recv", "multiprocessing.connection.Connection.recv": "recv_bytes"}
"""What receives the bytes that a call would unpickle."""
_SENDING = {"zmq.Socket.send_pyobj": "send", "multiprocessing.connection.Connection.send": "send_bytes"}
_OWN = (
    "pickle.",
    "_pickle.",
    "cPickle.",
    "pickle5.",
    "six.moves.cPickle.",
    "multiprocessing.reduction.ForkingPickler.",
)
"""What the standard pickle does, under its names: `_pickle.loads`."""
_OTHER = ("cloudpickle.", "dill.")
_DUMPED = ("obj", "protocol", "fix_imports", "buffer_callback", "byref", "fmode", "recurse")
"""Parameters of what dumps; none of them means anything to another format."""


class Words(Struct, frozen=True, kw_only=True):
    """What the functions are called in one file."""

    loads: str
    dumps: str = ""
    signs: str = ""
    """Object with `sign` and `verified`, where pickles stay pickles."""
    type: str = ""
    """What a dump gives as a type, behind the value."""
    reads: bool = True
    """False if `loads` can't take over how texts of old pickles are read."""


class Unfit(Exception):
    """The code can't be changed so; the message says why, in a clause that names the place."""


def loaded(load: Load, words: Words, sources: Sources) -> Replacement:
    """What a load becomes. Raises Unfit."""
    node = _expression(load.site, sources)
    whole = load.awaited or load.site
    if load.api in _RECEIVING and isinstance(node, ast.Call):
        await_ = "await " if load.awaited is not None else ""
        inner = _renamed(node, _RECEIVING[load.api], load.site)
        return _replaced(whole, (f"{words.loads}({await_}", *inner, ")"))
    if not load.api.startswith((*_OWN, *_OTHER)):
        raise Unfit(f"`{load.api}` at {at(load.site)} is not what can be replaced alone")
    if not isinstance(node, ast.Call):
        if not load.api.endswith("loads"):
            raise Unfit(f"`{load.api}` is handed on at {at(load.site)}, where it is given a file")
        return _replaced(load.site, (words.loads,))
    data = _data(load, node, sources)
    read_so = [
        keyword.arg for keyword in node.keywords if keyword.arg in ("encoding", "errors", "fix_imports", "ignore")
    ]
    if words.signs and (read_so or load.api.startswith("dill.")):
        if not load.api.endswith(".loads"):
            raise Unfit(f"`{load.api}` at {at(load.site)} reads a file")
        rest = [span for span in map(span_of, node.keywords) if span is not None]
        return _replaced(load.site, (placed(node.func), f"({words.signs}.verified(", *data, ")", *_joined(rest), ")"))
    if read_so and not words.reads:
        raise Unfit(f"{at(load.site)} says how texts of old pickles are read (`{read_so[0]}`)")
    return _replaced(load.site, (f"{words.loads}(", *data, ")"))


def dumped(dump: Dump, words: Words, sources: Sources) -> Replacement:
    """What a dump becomes. Raises Unfit."""
    node = _expression(dump.site, sources)
    ending = f", {words.type})" if words.type else ")"
    if not dump.api.startswith((*_OWN, *_OTHER)) and dump.api not in _SENDING:
        raise Unfit(f"`{dump.api}` at {at(dump.site)} is not what can be replaced alone")
    if not isinstance(node, ast.Call):
        if not dump.api.endswith("dumps") or words.type:
            raise Unfit(f"`{dump.api}` is handed on at {at(dump.site)}")
        return _replaced(dump.site, (words.dumps,))
    value = _argument(node, 0, "obj")
    if value is None or any(keyword.arg is None for keyword in node.keywords):
        raise Unfit(f"what is sent is given in a way that is not followed at {at(dump.site)}")
    made: tuple[Piece, ...] = (f"{words.dumps}(", placed(value), ending)
    if dump.api in _SENDING:
        return _replaced(dump.site, _sent(node, value, made, _SENDING[dump.api], dump.site))
    callback = _argument(node, 3, "buffer_callback")
    if callback is not None and not _is_none(callback):
        raise Unfit(f"buffers are sent beside the pickle that is made at {at(dump.site)}")
    if words.signs and dump.api.startswith((*_OTHER, "multiprocessing.")) and dump.api.endswith(".dumps"):
        arguments = [*node.args, *node.keywords]
        spans = [span for span in map(span_of, arguments) if span is not None]
        made = (f"{words.signs}.sign(", placed(node.func), "(", *_joined(spans)[1:], "))")
        return _replaced(dump.site, made)
    unknown = [keyword.arg for keyword in node.keywords if keyword.arg not in (*_DUMPED, "file")]
    if unknown:
        raise Unfit(f"nothing is known of `{unknown[0]}=` at {at(dump.site)}")
    if dump.api.endswith(".dumps"):
        return _replaced(dump.site, made)
    return _replaced(dump.site, (_file(dump, node, sources), ".write(", *made, ")"))


def dropped(replacement: Replacement, sources: Sources) -> frozenset[str]:
    """Names that a replaced expression used and its replacement does not."""
    path = replacement.path
    spans = [piece for piece in replacement.pieces if isinstance(piece, Span)]
    remaining = {name for span in spans for name in _names(sources.expression(path, span))}
    return frozenset(_names(sources.expression(path, replacement.span)) - remaining)


def at(site: CodeSite) -> str:
    """`server.py:41`."""
    return f"{site.path}:{site.line}"


def _names(node: ast.expr | None) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node is not None else set()


def _expression(site: CodeSite, sources: Sources) -> ast.expr:
    node = sources.expression(site.path, site.span)
    if node is None:
        raise Unfit(f"{at(site)} can't be read")
    return node


def _data(load: Load, node: ast.Call, sources: Sources) -> tuple[Piece, ...]:
    """The bytes that a call of `loads`, or of `load` on a buffer, is given."""
    if any(keyword.arg == "buffers" and not _is_none(keyword.value) for keyword in node.keywords):
        raise Unfit(f"{at(load.site)} takes buffers from beside the pickle")
    if load.api.endswith("Unpickler.load"):
        made = node.func.value if isinstance(node.func, ast.Attribute) else None
        if not isinstance(made, ast.Call):
            raise Unfit(f"the unpickler of {at(load.site)} is made elsewhere")
        return _buffered(_argument(made, 0, "file"), load, sources)
    given = _argument(node, 0, "data", "file", "str", "s")
    if given is None or any(keyword.arg is None for keyword in node.keywords):
        raise Unfit(f"what is loaded is given in a way that is not followed at {at(load.site)}")
    return (placed(given),) if load.api.endswith("loads") else _buffered(given, load, sources)


def _buffered(file: ast.expr | None, load: Load, sources: Sources) -> tuple[Piece, ...]:
    """The bytes of a buffer: of `BytesIO(data)` the data, of a name for one what is left in it."""
    if file is not None and (inner := content(file)) is not None:
        return (placed(inner),)
    if file is not None and holds_one_pickle(file, load.site, sources):
        return (placed(file), ".read()")
    raise Unfit(f"{at(load.site)} loads from a stream, which does not say where a message ends")


def _file(dump: Dump, node: ast.Call, sources: Sources) -> Span:
    """The buffer that a `dump` fills."""
    file = _argument(node, 1, "file")
    if dump.api.endswith("Pickler.dump"):
        made = node.func.value if isinstance(node.func, ast.Attribute) else None
        file = _argument(made, 0, "file") if isinstance(made, ast.Call) else None
    if file is not None and holds_one_pickle(file, dump.site, sources):
        return placed(file)
    raise Unfit(f"{at(dump.site)} dumps into a stream, which does not say where a message ends")


def _renamed(node: ast.Call, method: str, site: CodeSite) -> tuple[Piece, ...]:
    """The call with another method's name."""
    if not isinstance(node.func, ast.Attribute):
        raise Unfit(f"the socket that {at(site)} receives from is not named there")
    spans = [span for span in map(span_of, [*node.args, *node.keywords]) if span is not None]
    return (placed(node.func.value), f".{method}(", *_joined(spans)[1:], ")")


def _sent(node: ast.Call, value: ast.expr, made: tuple[Piece, ...], method: str, site: CodeSite) -> tuple[Piece, ...]:
    """`send_pyobj(obj, flags=0, protocol=…, **what send takes)` as `send` of bytes."""
    if not isinstance(node.func, ast.Attribute):
        raise Unfit(f"the socket that {at(site)} sends through is not named there")
    flags = [argument for argument in node.args[:2] if argument is not value]
    rest = [*flags, *(keyword for keyword in node.keywords if keyword.arg not in ("obj", "protocol"))]
    spans = [span for span in map(span_of, rest) if span is not None]
    return (placed(node.func.value), f".{method}(", *made, *_joined(spans), ")")


def _argument(node: ast.Call, position: int, *names: str) -> ast.expr | None:
    if any(isinstance(argument, ast.Starred) for argument in node.args[: position + 1]):
        return None
    if len(node.args) > position:
        return node.args[position]
    return next((keyword.value for keyword in node.keywords if keyword.arg in names), None)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _joined(spans: list[Span]) -> tuple[Piece, ...]:
    """Each with a comma before it."""
    return tuple(piece for span in spans for piece in (", ", span))


def placed(node: ast.AST) -> Span:
    """The span of an expression. Raises Unfit."""
    span = span_of(node)
    if span is None:
        raise Unfit("an expression has no place")
    return span


def _replaced(site: CodeSite, pieces: tuple[Piece, ...]) -> Replacement:
    return Replacement(path=site.path, span=site.span, pieces=_merged(pieces))


def _merged(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Texts that follow one another as one."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        elif piece != "":
            merged.append(piece)
    return tuple(merged)
