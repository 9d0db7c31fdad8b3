"""What else is done with sockets: addresses, options, waiting; and what no socket of gnomon.wire can do."""

import ast
from collections.abc import Iterator

from gnomon.core.channel import End, Operation
from gnomon.core.patch import Import, Replacement
from gnomon.fix.recipes.calls import Pieces, at, given, kept, primary, whole
from gnomon.fix.recipes.change import NOTHING, Change, joined, place, stopped
from gnomon.fix.recipes.contexts import alias, named
from gnomon.fix.recipes.scene import Scene

OPTIONS = frozenset({
    "SNDHWM", "RCVHWM", "SNDBUF", "RCVBUF", "LINGER", "ROUTING_ID", "IDENTITY", "SUBSCRIBE", "UNSUBSCRIBE",
    "TCP_KEEPALIVE", "TCP_KEEPALIVE_IDLE", "TCP_KEEPALIVE_CNT", "TCP_KEEPALIVE_INTVL", "IPV6", "BACKLOG",
    "RECONNECT_IVL", "RECONNECT_IVL_MAX", "HEARTBEAT_IVL", "HEARTBEAT_TIMEOUT", "HEARTBEAT_TTL",
    "IMMEDIATE", "DELAY_ATTACH_ON_CONNECT", "ROUTER_HANDOVER", "AFFINITY",
})  # fmt: skip
"""Options that a socket of gnomon.wire takes."""
TIMES = frozenset({"RCVTIMEO", "SNDTIMEO"})
"""Those that blocking sockets alone take."""
READABLE = OPTIONS - {"SUBSCRIBE", "UNSUBSCRIBE"} | {"LAST_ENDPOINT", "EVENTS", "FD"}
TYPES = frozenset({"PUSH", "PULL", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PAIR"})
_OLD_SETTERS = {"set": "setsockopt", "setsockopt_unicode": "setsockopt_string", "set_string": "setsockopt_string"}
_TEXT_GETTERS = frozenset({"getsockopt_string", "getsockopt_unicode", "get_string"})
_ABSENT = frozenset({
    "monitor", "get_monitor_socket", "disable_monitor", "poll_in", "join", "leave", "send_serialized",
    "recv_serialized", "recv_into", "shadow", "underlying", "proxy", "fileno", "FD", "disconnect", "unbind",
})  # fmt: skip
"""What pyzmq's sockets have, and those of gnomon.wire don't."""
INSTEAD = {
    "XPUB": "use PUB",
    "XSUB": "use SUB",
    "STREAM": "it speaks no ZMTP, so there is nothing to authenticate by: use DEALER",
}


def use(scene: Scene, end: End, operation: Operation) -> Change:
    """The change of an operation that neither sends nor receives; a reason if gnomon.wire has none like it."""
    match operation.kind:
        case "endpoint":
            return _endpoint(scene, operation)
        case "option":
            return _option(scene, end, operation)
        case "wait":
            return _wait(scene, end, operation)
        case "escape":
            return stopped(
                f"the socket is handed to {operation.name} at {place(operation.site)}, which takes pyzmq's own"
            )
        case _:
            return NOTHING


def _endpoint(scene: Scene, operation: Operation) -> Change:
    call = scene.sources.call(operation.site.path, operation.site.span)
    if operation.name not in {"bind", "connect", "bind_to_random_port"}:
        return stopped(f"a socket of gnomon.wire has no {operation.name}, used at {place(operation.site)}: close it")
    if call is None or given(call, "addr") is None:
        return stopped(f"{operation.name} has more than an address at {place(operation.site)}")
    around = scene.sources.parent(operation.site.path, call)
    if operation.name != "bind_to_random_port" and not isinstance(around, ast.Expr):
        return stopped(f"what {operation.name} returns is used at {place(operation.site)}")
    return NOTHING


def _option(scene: Scene, end: End, operation: Operation) -> Change:
    path = operation.site.path
    call = scene.sources.call(path, operation.site.span)
    if operation.name in {"subscribe", "unsubscribe"} and call is not None:
        return NOTHING
    if call is None or not isinstance(call.func, ast.Attribute):
        return _attribute(scene, end, operation)
    if operation.name == "set_hwm" and len(call.args) == 1:
        statement = scene.sources.parent(path, call)
        if not isinstance(statement, ast.Expr):
            return stopped(f"what set_hwm returns is used at {place(operation.site)}")
        return _marks(path, statement, call.func.value, call.args[0])
    option = _option_named(call.args[0] if call.args else None)
    if operation.name in _TEXT_GETTERS and option in READABLE and len(call.args) == 1:
        read: Pieces = (*primary(call.func.value), ".getsockopt(", kept(call.args[0]), ").decode()")
        return Change(replacements=(Replacement(path=path, span=kept(call), pieces=read),))
    if operation.name in {"getsockopt", "get"}:
        if option not in READABLE | (frozenset() if end.asyncio else TIMES):
            return _refused(operation, option)
        return _called(path, call.func, "getsockopt") if operation.name == "get" else NOTHING
    if operation.name.startswith("get"):
        return _refused(operation, option)
    if option not in OPTIONS | (frozenset() if end.asyncio else TIMES) or len(call.args) > 2 or call.keywords:
        return _refused(operation, option)
    new = _OLD_SETTERS.get(operation.name)
    return _called(path, call.func, new) if new else NOTHING


def _attribute(scene: Scene, end: End, operation: Operation) -> Change:
    """`socket.linger = 0`."""
    path, name = operation.site.path, operation.name.upper()
    target = scene.sources.expression(path, operation.site.span)
    statement = scene.sources.parent(path, target) if target is not None else None
    if not isinstance(target, ast.Attribute) or not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return stopped(
            f"`{operation.name}` of the socket is changed at {place(operation.site)} in a way that is not known"
        )
    if name == "HWM":
        return _marks(path, statement, target.value, statement.value)
    if name in {"SUBSCRIBE", "UNSUBSCRIBE"} or name not in OPTIONS | (frozenset() if end.asyncio else TIMES):
        return _refused(operation, name)
    return NOTHING


def _marks(path: str, statement: ast.stmt, socket: ast.expr, value: ast.expr) -> Change:
    """Both marks of how many messages may wait, which pyzmq sets by one name."""
    pieces: Pieces = (*primary(socket), ".sndhwm = ", *primary(socket), ".rcvhwm = ", kept(value))
    return Change(replacements=(Replacement(path=path, span=whole(statement), pieces=pieces, statement=True),))


def _called(path: str, function: ast.Attribute, name: str) -> Change:
    pieces: Pieces = (*primary(function.value), f".{name}")
    return Change(replacements=(Replacement(path=path, span=kept(function), pieces=pieces),))


def _option_named(argument: ast.expr | None) -> str:
    match argument:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _refused(operation: Operation, option: str) -> Change:
    if not option.isupper():
        return stopped(f"which option {operation.name} is for at {place(operation.site)} is not known")
    return stopped(f"a socket of gnomon.wire does not have the option {option}, used at {place(operation.site)}")


def _wait(scene: Scene, end: End, operation: Operation) -> Change:
    if end.asyncio:
        return stopped(
            f"asyncio sockets of gnomon.wire are not polled, as at {place(operation.site)}: use a task for each, or"
            " recv_obj(timeout_s=…)"
        )
    if operation.name == "poll":
        return NOTHING
    call = scene.sources.call(operation.site.path, operation.site.span)
    if call is None or not isinstance(call.func, ast.Attribute):
        return stopped(f"how {operation.name} is called at {place(operation.site)} is not known")
    return _poller(scene, operation, ast.unparse(call.func.value))


def _poller(scene: Scene, operation: Operation, poller: str) -> Change:
    """The poller that the socket is registered with, where it is made."""
    path = operation.site.path
    made = list(_made_as(scene, path, poller))
    if not made:
        return stopped(f"where the poller `{poller}` at {place(operation.site)} is made is not known")
    changes = []
    for call in made:
        name = named(scene.sources, operation.site, "Poller", "WirePoller")
        source = Import(path=path, module="gnomon.wire.zmq", name="Poller", alias=alias(name, "Poller"))
        taken = Replacement(path=path, span=kept(call.func), pieces=(name,))
        changes.append(Change(replacements=(taken,), imports=(source,)))
    return joined(changes)


def _made_as(scene: Scene, path: str, poller: str) -> Iterator[ast.Call]:
    module = scene.sources.module(path)
    for node in ast.walk(module) if module is not None else ():
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Attribute(attr="Poller") as function) as call):
                if ast.unparse(target) == poller and ast.unparse(function.value) == "zmq":
                    yield call


def unlisted(scene: Scene, end: End) -> Iterator[str]:
    """Methods that are called on the sockets by the names they have, and that gnomon.wire's do not have: reasons."""
    receivers = {
        (operation.receiver.path, ast.unparse(node))
        for operation in end.operations
        if operation.receiver is not None
        and (node := scene.sources.expression(operation.receiver.path, operation.receiver.span)) is not None
    }
    for path in sorted({path for path, _ in receivers}):
        names = {text for each, text in receivers if each == path}
        module = scene.sources.module(path)
        for found in ast.walk(module) if module is not None else ():
            if isinstance(found, ast.Attribute) and found.attr in _ABSENT and ast.unparse(found.value) in names:
                yield f"a socket of gnomon.wire has no {found.attr}, used at {at(path, found)}"
