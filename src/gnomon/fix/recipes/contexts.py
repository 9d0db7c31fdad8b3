"""Contexts of pyzmq into those of gnomon.wire: where all sockets of one change, itself; else one beside it."""

import ast
import re

from msgspec import Struct

from gnomon.core.channel import End
from gnomon.core.patch import Import, Replacement, Section
from gnomon.core.site import CodeSite
from gnomon.fix.modules import imported
from gnomon.fix.recipes.calls import Pieces, at, given, kept
from gnomon.fix.recipes.change import Change, joined, place, stopped
from gnomon.fix.recipes.scene import Scene
from gnomon.fix.sources import Sources

_OF_A_CONTEXT = frozenset({"socket", "term", "destroy", "close", "closed"})
"""What both pyzmq's contexts and those of gnomon.wire have."""


class Generated(Struct, frozen=True, kw_only=True):
    """What the generated module has for contexts."""

    path: str
    codec: str
    local: bool
    """True for sockets in a folder of the user's alone, in place of keys."""
    suffix: str = ""
    """Behind the names of functions, where the module serves several channels."""

    def function(self, *, asyncio: bool) -> str:
        """Name of the function that gives the process's own context."""
        return f"wire_{'asyncio_' if asyncio else ''}context{self.suffix and f'_{self.suffix}'}"


def context_of(scene: Scene, end: End, generated: Generated) -> Change:
    """The change that makes an end's sockets those of gnomon.wire."""
    call = scene.sources.call(end.made.path, end.made.span)
    if call is None or not isinstance(call.func, ast.Attribute) or call.func.attr != "socket":
        return stopped(f"the socket at {place(end.made)} is made in a way that is not followed")
    if given(call, "socket_type") is None or not (call.args or call.keywords):
        return stopped(f"the arguments of the call that makes the socket at {place(end.made)} are not known")
    keyword = _positional(call, end.made.path)
    if end.contexts and not end.context_others:
        changed = [_converted(scene, context, generated, asyncio=bool(end.asyncio)) for context in end.contexts]
        if all(each is not None for each in changed):
            return joined((*(each for each in changed if each is not None), keyword))
    return joined((_beside(scene, end, call.func, generated), keyword))


def _positional(call: ast.Call, path: str) -> Change:
    """`socket(socket_type=zmq.PULL)` has to be positional."""
    if not call.keywords:
        return Change()
    new: Pieces = (kept(call.func), "(", kept(call.keywords[0].value), ")")
    return Change(replacements=(Replacement(path=path, span=kept(call), pieces=new),))


def _converted(scene: Scene, context: CodeSite, generated: Generated, *, asyncio: bool) -> Change | None:
    """The context itself; None if something is done with it that gnomon.wire's does not have."""
    call = scene.sources.call(context.path, context.span)
    if call is None or (arguments := given(call, "io_threads")) is None or not _is_plain(scene, context, call):
        return None
    if isinstance(call.func, ast.Attribute) and call.func.attr != "Context":
        return _instance(scene, context, call, generated, asyncio=asyncio)
    module = "gnomon.wire.asyncio" if asyncio else "gnomon.wire"
    wanted = "AsyncioContext" if asyncio and _blocking_beside(scene, context) else "Context"
    name = named(scene.sources, context, wanted, "WireAsyncioContext" if asyncio else "WireContext")
    codec = named(scene.sources, context, generated.codec, f"WIRE_{generated.codec}")
    keyword = "io_threads=" if call.keywords else ""
    threads: Pieces = tuple(piece for value in arguments.values() for piece in (keyword, kept(value), ", "))
    mode = 'mode="local", ' if generated.local else ""
    pieces: Pieces = (f"{name}(", *threads, f"{mode}codec={codec})")
    source = imported(context.path, generated.path, generated.codec, scene.sources)
    return Change(
        replacements=(Replacement(path=context.path, span=context.span, pieces=pieces),),
        imports=(
            Import(path=context.path, module=module, name="Context", alias=alias(name, "Context")),
            Import(path=context.path, module=source.module, name=source.name, alias=alias(codec, source.name)),
        ),
    )


def _instance(scene: Scene, context: CodeSite, call: ast.Call, generated: Generated, *, asyncio: bool) -> Change | None:
    """The process's one context, `zmq.Context.instance()`, which others may have for other sockets."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "instance" or call.args or call.keywords:
        return None
    name, needed = _own(scene, context, generated, asyncio=asyncio)
    taken = Replacement(path=context.path, span=context.span, pieces=(f"{name}()",))
    return joined((Change(replacements=(taken,)), needed))


def _own(scene: Scene, site: CodeSite, generated: Generated, *, asyncio: bool) -> tuple[str, Change]:
    """What the function that gives the process's own context is called in a file, and its import."""
    wanted = generated.function(asyncio=asyncio)
    name = named(scene.sources, site, wanted, f"messages_{wanted}")
    source = imported(site.path, generated.path, wanted, scene.sources)
    item = Import(path=site.path, module=source.module, name=wanted, alias=alias(name, wanted))
    return name, Change(imports=(item,))


def _blocking_beside(scene: Scene, context: CodeSite) -> bool:
    """True if a context for blocking sockets is made in the same file."""
    return any(each.path == context.path for end in scene.channel.ends if not end.asyncio for each in end.contexts)


def _is_plain(scene: Scene, context: CodeSite, call: ast.Call) -> bool:
    """True if nothing is done with the context but making sockets and ending it."""
    parent = scene.sources.parent(context.path, call)
    match parent:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            kept_as = ast.unparse(target)
        case ast.withitem(optional_vars=ast.Name(id=kept_as)):
            pass
        case ast.Attribute(attr=name):
            return name in _OF_A_CONTEXT
        case ast.withitem():
            return True
        case _:
            return False
    return _is_used_plainly(scene, context, kept_as.rpartition(".")[2])


def _is_used_plainly(scene: Scene, context: CodeSite, last: str) -> bool:
    """True if all that is done with what has the name is known of both kinds of contexts, or done in the target."""
    module = scene.sources.module(context.path)
    for node in ast.walk(module) if module is not None else ():
        match node:
            case ast.Attribute(value=value, attr=name) if _last(value) == last and name not in _OF_A_CONTEXT:
                return False
            case ast.Call(func=function, args=given, keywords=keywords):
                handed = [*given, *(keyword.value for keyword in keywords)]
                if any(_last(each) == last for each in handed) and not _is_of_target(scene, _last(function)):
                    return False
    return True


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_of_target(scene: Scene, name: str) -> bool:
    """True if the target defines a function or class of the name."""
    return any(re.search(rf"\b(?:def|class) {name}\b", scene.sources.text(path)) for path in scene.sources.python)


def _beside(scene: Scene, end: End, function: ast.Attribute, generated: Generated) -> Change:
    """A context of the process's own, for this end alone."""
    name, needed = _own(scene, end.made, generated, asyncio=bool(end.asyncio))
    taken = Replacement(path=end.made.path, span=kept(function.value), pieces=(f"{name}()",))
    return joined((Change(replacements=(taken,), doubts=tuple(_ended_at(scene, end))), needed))


def _ended_at(scene: Scene, end: End) -> list[str]:
    """Where the context that the sockets had is destroyed, which closed them."""
    paths = sorted({end.made.path, *(operation.site.path for operation in end.operations)})
    return [
        f"`{ast.unparse(node.func)}()` at {at(path, node)} closed the socket too, that has a context of its own now:"
        " close it there"
        for path in paths
        for node in ast.walk(scene.sources.module(path) or ast.Module([], []))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "destroy"
    ]


def named(sources: Sources, site: CodeSite, wanted: str, other: str) -> str:
    """What an import is called in a file: as it is, unless the file has something else of that name."""
    if wanted not in sources.bound(site.path, site.span):
        return wanted
    taken, number, free = sources.names(site.path), 1, other
    while free in taken:
        number += 1
        free = f"{other}_{number}"
    return free


def alias(name: str, source: str) -> str:
    """The alias that an import needs."""
    return "" if name == source else name


def sections(generated: Generated, summary: str, *, blocking: bool, asyncio: bool) -> tuple[Section, ...]:
    """The functions that give the process's own contexts, in the generated module."""
    found = []
    if blocking:
        found.append(_section(generated, summary, asyncio=False))
    if asyncio:
        found.append(_section(generated, summary, asyncio=True))
    return tuple(found)


def _section(generated: Generated, summary: str, *, asyncio: bool) -> Section:
    name = generated.function(asyncio=asyncio)
    base = "AsyncioContext" if asyncio else "Context"
    kind = f"_Own{base}{generated.suffix.capitalize()}"
    mode = 'mode="local", ' if generated.local else ""
    body = f'''class {kind}({base}):
    """A context apart from others of the process."""


def {name}() -> {base}:
    """The process's context for these messages; a forked child gets one of its own."""
    return {kind}.instance({mode}codec={generated.codec})
'''
    line = "from gnomon.wire.asyncio import Context as AsyncioContext" if asyncio else "from gnomon.wire import Context"
    return Section(path=generated.path, name=f"own {name}", summary=summary, imports=(line,), body=body)
