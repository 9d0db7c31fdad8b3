"""Style `curve`: pyzmq's sockets and the pickles stay, and both ends authenticate their connections by CURVE."""

import ast
from collections.abc import Iterator

from gnomon.core.channel import Channel, End, Operation
from gnomon.core.finding import Finding
from gnomon.core.patch import Import, Offer, Patch, Replacement, Section
from gnomon.fix.modules import imported, module_path, test_path
from gnomon.fix.recipes import curve_module
from gnomon.fix.recipes.calls import Pieces, at, kept, whole
from gnomon.fix.recipes.change import Change, joined, place, stopped
from gnomon.fix.recipes.contexts import alias, named
from gnomon.fix.recipes.told import doubts_of, ends_of, impossible
from gnomon.fix.sources import Sources

RECIPE = "curve"
_BY_NAME = {"bind": "secure_server", "bind_to_random_port": "secure_server", "connect": "secure_client"}
_WRAPS = frozenset({"STREAM"})
_TOGETHER = "stop both ends and start them anew together: an end with keys and one without do not connect"


def offer(channel: Channel, findings: tuple[Finding, ...], sources: Sources) -> Offer:
    """Both ends with CURVE and a list of keys; why not, if something stops it."""
    stops = tuple(_unfit(channel))
    touched = frozenset(operation.site.path for _, operation in _endpoints(channel))
    if stops or not touched:
        return _impossible(channel, findings, stops or ("where its sockets bind and connect is not known",))
    path = module_path("curve", touched, sources)
    change = joined(_secured(operation, path, sources) for _, operation in _endpoints(channel))
    if change.stops:
        return _impossible(channel, findings, change.stops)
    why = tuple(dict.fromkeys((*_doubts(channel), *change.doubts)))
    test = test_path(path, sources)
    source = imported(test, path, "make_keys", sources)
    line = f"from {source.module} import make_keys, secure_client, secure_server"
    return Offer(
        findings=findings,
        style="curve",
        recipe=RECIPE,
        standing="suggested" if why else "automatic",
        title=_title(channel),
        why=why,
        patch=Patch(
            replacements=change.replacements,
            imports=change.imports,
            sections=(_section(path, curve_module.SUMMARY, curve_module.IMPORTS, curve_module.BODY),),
        ),
        tests=(_section(test, curve_module.TESTS_SUMMARY, (*curve_module.TEST_IMPORTS, line), curve_module.TEST_BODY),),
        afterwards=_afterwards(path),
    )


def _afterwards(path: str) -> tuple[str, ...]:
    return (
        f"make keys with `python -I {path} FOLDER`, once",  # -I: modules beside it may be called as the library's are
        "start each program with CURVE_KEYS=FOLDER",
        "hosts of sockets that bind have server.key_secret and clients/, which lists who is let in",
        "hosts of sockets that connect have client.key_secret and server.key",
        _TOGETHER,
        "what is loaded is a pickle still: who has a client's key can run code",
    )


def _section(path: str, summary: str, imports: tuple[str, ...], body: str) -> Section:
    return Section(path=path, name="curve", summary=summary, imports=imports, body=body)


def _endpoints(channel: Channel) -> Iterator[tuple[End, Operation]]:
    for end in channel.ends:
        for operation in end.operations:
            if operation.kind == "endpoint" and operation.name in _BY_NAME:
                yield end, operation


def _unfit(channel: Channel) -> Iterator[str]:
    """Why the channel is none that CURVE could protect."""
    if channel.kind != "zmq" or not channel.ends:
        yield "what is loaded does not come through ZeroMQ sockets that are known"
    for end in channel.ends:
        where = place(end.made)
        yield from end.others
        if _WRAPS & set(end.types):
            yield f"STREAM sockets, made at {where}, speak no ZMTP and have no CURVE"
        for address in end.addresses:
            if address.partition("://")[0] in {"inproc", "udp", "pgm", "epgm", "norm", "vmci"}:
                yield f"there is no CURVE over {address.partition('://')[0]}://, used by the socket at {where}"
        if not any(operation.name in _BY_NAME for operation in end.operations if operation.kind == "endpoint"):
            yield f"where the socket made at {where} binds or connects is not known"
    for end in channel.ends:
        for operation in end.operations:
            if operation.kind == "option" and "CURVE" in operation.name.upper():
                yield f"the socket has a CURVE option already, at {place(operation.site)}"


def _secured(operation: Operation, module: str, sources: Sources) -> Change:
    """A call before the statement that binds or connects."""
    path = operation.site.path
    call = sources.call(path, operation.site.span)
    statement = sources.statement(path, operation.site.span)
    if call is None or not isinstance(call.func, ast.Attribute) or statement is None:
        return stopped(f"how {operation.name} is called at {place(operation.site)} is not known")
    socket = call.func.value
    if not isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return):
        return stopped(
            f"{operation.name} at {at(path, call)} is part of a larger statement: nothing can stand before it"
        )
    if not _is_plain(socket):
        return stopped(f"the socket that {operation.name} is called on at {at(path, call)} has no name")
    wanted = _BY_NAME[operation.name]
    name = named(sources, operation.site, wanted, f"curve_{wanted}")
    source = imported(path, module, wanted, sources)
    pieces: Pieces = (f"{name}({sources.code(path, kept(socket))})\n", whole(statement))
    return Change(
        replacements=(Replacement(path=path, span=whole(statement), pieces=pieces, statement=True),),
        imports=(Import(path=path, module=source.module, name=wanted, alias=alias(name, wanted)),),
    )


def _is_plain(node: ast.expr) -> bool:
    """True for `socket` and `self.socket`, which can be said twice."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _doubts(channel: Channel) -> Iterator[str]:
    yield from doubts_of(channel, "needs keys")
    for end in channel.ends:
        for operation in end.operations:
            if operation.kind == "escape":
                yield f"the socket goes to {operation.name} at {place(operation.site)}, which may bind or connect it"


def _title(channel: Channel) -> str:
    if not channel.ends:
        return "authenticate the channel's connections by CURVE"
    return f"authenticate the connections of {ends_of(channel)} by CURVE"


def _impossible(channel: Channel, findings: tuple[Finding, ...], why: tuple[str, ...]) -> Offer:
    return impossible(findings, "curve", RECIPE, _title(channel), why)
