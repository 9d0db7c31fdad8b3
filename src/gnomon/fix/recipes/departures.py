"""Dumps and sends into sends of typed objects."""

import ast

from gnomon.core.channel import Dump, End, Operation
from gnomon.core.patch import Replacement
from gnomon.core.site import Span
from gnomon.fix.recipes.calls import Pieces, at, flags_of, given, kept, primary, wrapped
from gnomon.fix.recipes.change import NOTHING, Change, joined, place, stopped
from gnomon.fix.recipes.forms import form
from gnomon.fix.recipes.roles import Roles
from gnomon.fix.recipes.scene import Scene
from gnomon.fix.sources import span_of

_SENDS = {
    "send_pyobj": ("obj", "flags", "protocol"),
    "send": ("data", "flags", "copy"),
    "send_multipart": ("msg_parts", "flags", "copy"),
    "send_string": ("u", "flags", "copy", "encoding"),
    "send_unicode": ("u", "flags", "copy", "encoding"),
    "send_json": ("obj", "flags"),
}
"""The parameters of pyzmq's methods; `track`, whose value tells when a message has gone, is not among them."""
_DUMPED = ("obj", "protocol", "fix_imports")
"""Of `pickle.dumps`; `buffer_callback`, for data that goes beside the pickle, is not among them."""


def departure(scene: Scene, roles: Roles, end: End, operation: Operation, as_type: str) -> Change:
    """The change of one sending call. `as_type` names the type that its object is sent as, if that has to be said."""
    path = operation.site.path
    call = scene.sources.call(path, operation.site.span)
    if call is None or not isinstance(call.func, ast.Attribute):
        return stopped(f"{operation.name} at {place(operation.site)} is not called as a method of the socket")
    names = _SENDS.get(operation.name)
    arguments = given(call, *names) if names is not None else None
    if names is None or arguments is None or names[0] not in arguments:
        return stopped(f"what {operation.name} is given at {place(operation.site)} is not known to gnomon.wire")
    flags = flags_of(arguments.get("flags"))
    if flags == "more":
        return stopped(f"a message goes out in several calls (SNDMORE) at {place(operation.site)}: send it by one")
    if flags == "unknown":
        return stopped(f"the flags of {operation.name} at {place(operation.site)} are not known")
    sent = arguments[names[0]]
    doubts: tuple[str, ...] = ()
    if operation.name == "send" and form(scene, operation) == "bytes" and not isinstance(sent, ast.Constant):
        doubts = (f"what is sent at {place(operation.site)} has to be bytes, and neither a view nor an array",)
    if operation.name == "send_multipart":
        return _frames(scene, roles, path, call, end, arguments, as_type)
    if as_type or end.asyncio or set(arguments) - {names[0], "flags"} or call.keywords:
        made = _call(scene, path, call, end, arguments, (kept(sent),), _as(as_type))
    else:
        made = _renamed(path, call, "send_obj")
    return joined((made, Change(doubts=doubts)))


def _renamed(path: str, call: ast.Call, name: str) -> Change:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return NOTHING
    new: Pieces = (*primary(function.value), f".{name}")
    return Change(replacements=(Replacement(path=path, span=kept(function), pieces=new),))


def _as(as_type: str) -> Pieces:
    return (f", as_type={as_type}",) if as_type else ()


def _call(
    scene: Scene,
    path: str,
    call: ast.Call,
    end: End,
    arguments: dict[str, ast.expr],
    obj: Pieces,
    rest: Pieces,
) -> Change:
    """The call written anew.

    pyzmq's asyncio sockets send in order, whether that is awaited or not. So does send_pyobj; send_obj has to be
    awaited, and does not wait for what was not.
    """
    function, span = call.func, span_of(call)
    if not isinstance(function, ast.Attribute) or span is None:
        return NOTHING
    name = "send_pyobj" if end.asyncio and scene.unawaited else "send_obj"
    if name == "send_pyobj" and any(isinstance(piece, str) and piece.startswith(", topic=") for piece in rest):
        return stopped(f"a topic is sent at {at(path, call)}, and other messages of the channel without `await`")
    flags: Pieces = ()
    if "flags" in arguments and flags_of(arguments["flags"]) == "at once":
        flags = (", timeout_s=0.0",) if end.asyncio else (", ", kept(arguments["flags"]))
    elif "flags" in arguments and not end.asyncio:
        flags = (", ", kept(arguments["flags"]))
    pieces: Pieces = (*primary(function.value), f".{name}(", *obj, *flags, *rest, ")")
    return Change(replacements=(Replacement(path=path, span=span, pieces=pieces),))


def _frames(
    scene: Scene,
    roles: Roles,
    path: str,
    call: ast.Call,
    end: End,
    arguments: dict[str, ast.expr],
    as_type: str,
) -> Change:
    """Of a message in several frames: the object, and to whom or about what."""
    parts = arguments["msg_parts"]
    if not isinstance(parts, ast.List | ast.Tuple) or not parts.elts:
        return stopped(f"the frames that send_multipart sends at {at(path, call)} are not written out in the call")
    *envelope, last = parts.elts
    if roles.of(path, last) != "dump":
        return stopped(f"the last frame that send_multipart sends at {at(path, call)} is no pickle of this channel")
    rest: Pieces = _as(as_type)
    kinds = set(end.types)
    if kinds == {"ROUTER"}:
        if not envelope or roles.of(path, envelope[0]) != "peer":
            return stopped(
                f"whom send_multipart sends to at {at(path, call)} is not seen to be who a message was received from:"
                " keep `received.peer` for whoever is answered"
            )
        rest = (*rest, ", to=", kept(envelope[0]))
        envelope = envelope[1:]
    elif kinds == {"PUB"} and envelope:
        rest = (*rest, ", topic=", kept(envelope[0]))
        envelope = envelope[1:]
    if any(roles.of(path, frame) != "empty" for frame in envelope):
        return stopped(f"more than one frame with content is sent at {at(path, call)}: put it into one object")
    return _call(scene, path, call, end, arguments, (kept(last),), rest)


def dump(scene: Scene, dump: Dump) -> Change:
    """The change of one dump: the object itself goes where its bytes went."""
    if dump.sends:
        return NOTHING
    path = dump.site.path
    call = scene.sources.call(path, dump.site.span)
    arguments = given(call, *_DUMPED) if call is not None else None
    if call is None or arguments is None or "obj" not in arguments:
        return stopped(
            f"the arguments of {dump.api} at {place(dump.site)} are not known, or send data beside the pickle"
        )
    value = arguments["obj"]
    taken = Replacement(path=path, span=kept(call), pieces=wrapped(value, call, path, scene.sources))
    return joined((Change(replacements=(taken,)), _changed_meanwhile(scene, path, call, dump, value)))


def _changed_meanwhile(scene: Scene, path: str, call: ast.Call, dump: Dump, value: ast.expr) -> Change:
    """A doubt if what is dumped is used again before it is sent: it may be another object by then."""
    ends = [site.span for site in dump.sent_at if site.path == path]
    scope = scene.bindings.scope(path, call)
    if scope is None or not ends:
        return NOTHING
    last = max(span.line for span in ends)
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    own = {id(node) for node in ast.walk(call)}
    again = [
        node
        for node in ast.walk(scope)
        if isinstance(node, ast.Name)
        and node.id in names
        and id(node) not in own
        and (call.end_lineno or call.lineno) <= node.lineno <= last
        and not _within(node, ends)
        and node.id != "self"
    ]
    if not again:
        return NOTHING
    return Change(
        doubts=(f"`{again[0].id}` is used at {at(path, again[0])}, after it was dumped and before it is sent",)
    )


def _within(node: ast.Name, spans: list[Span]) -> bool:
    place = (node.lineno, node.col_offset + 1)
    return any((span.line, span.column) <= place <= (span.end_line, span.end_column) for span in spans)
