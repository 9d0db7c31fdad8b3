"""Style `wire`: all sockets of a channel become sockets of gnomon.wire, at both ends at once."""

import ast
from collections.abc import Iterable, Iterator

from msgspec import structs

from gnomon.core.channel import Channel, Dump, End, Operation
from gnomon.core.finding import Finding
from gnomon.core.patch import Import, Offer, Patch
from gnomon.core.shape import Unknown
from gnomon.fix.expected import expected, guesses
from gnomon.fix.messages import Module, Place, module
from gnomon.fix.modules import imported, module_path, test_path
from gnomon.fix.recipes import arrivals, departures
from gnomon.fix.recipes.calls import flags_of, key
from gnomon.fix.recipes.change import Change, joined, place, stopped
from gnomon.fix.recipes.contexts import Generated, alias, context_of, named, sections
from gnomon.fix.recipes.forms import disagreements, spoken
from gnomon.fix.recipes.obstacles import obstacles
from gnomon.fix.recipes.refusals import refusal_test
from gnomon.fix.recipes.roles import Roles
from gnomon.fix.recipes.scene import Scene, scene
from gnomon.fix.recipes.strays import strays
from gnomon.fix.recipes.told import doubts_of, ends_of, impossible
from gnomon.fix.recipes.uses import unlisted, use
from gnomon.fix.sources import Sources

RECIPE = "sockets"
_KEYS = (
    "make a key with `gnomon keys new --folder keys`, once, and bring it to every host",
    'start each program with it: `GNOMON_KEYS="$(cat keys/*.key)"`',
    "a program that starts others by spawn reads its keys from a folder: `Context(keys=ring_from_folder(…), …)`",
)
_TOGETHER = (
    "stop both ends and start them anew together: the old messages and the new ones do not understand each other"
)
_LOCAL = "both ends have to run as one user of one machine: the sockets lie in a folder that only this user can enter"
_LAST = (
    "an end that connects loses what it has not read yet when the other end is gone (libzmq, with IMMEDIATE):"
    " let a program that answers go on until the answer was read"
)
_INSTALL = "add `gnomon[wire]` to what the program depends on"
_WAIT_FOR_PEERS = frozenset({"PUSH", "DEALER", "REQ", "PAIR"})
"""Types whose sockets of gnomon.wire take a message once there is a connection."""
_PICKLES = frozenset({"pickle", "cloudpickle", "dill", "zmq", "zmq.asyncio"})


def offer(channel: Channel, findings: tuple[Finding, ...], sources: Sources, *, name: str = "") -> Offer:
    """The change of a channel's sockets into typed, authenticated ones; why not, if something stops it.

    `name` tells the channel apart from others that are changed along with it: see gnomon.fix.messages.
    """
    shown = structs.replace(channel, ends=tuple(_told(channel, end, sources) for end in channel.ends))
    view = scene(shown, sources)
    stops = tuple(dict.fromkeys(_unfit(view)))
    if stops:
        return _impossible(findings, channel, stops)
    change, declared, generated = _changed(view, name)
    guessed = tuple(guesses(expected(channel), channel))
    stops = (*change.stops, *declared.impossible)
    if stops:
        return _impossible(findings, channel, (*stops, *(guessed if declared.impossible else ())))
    why = (*change.doubts, *guessed, *declared.why, *_doubts(view, local=generated.local))
    summary = declared.sections[0].summary if declared.sections else ""
    asyncio = {bool(end.asyncio) for end in shown.ends if _is_beside(change, end)}
    own = sections(generated, summary, blocking=False in asyncio, asyncio=True in asyncio)
    touched = frozenset(item.path for item in change.replacements)
    test = refusal_test(view, generated, test_path(generated.path, sources))
    return Offer(
        findings=findings,
        style="wire",
        recipe=RECIPE,
        standing="suggested" if why else "automatic",
        title=_title(shown),
        why=tuple(dict.fromkeys(why)),
        patch=Patch(
            replacements=change.replacements,
            imports=change.imports,
            unneeded=tuple(_unneeded(touched, sources)),
            sections=(*declared.sections, *own),
        ),
        tests=(*declared.tests, *test),
        afterwards=(_INSTALL, *((_LOCAL,) if generated.local else _KEYS), _TOGETHER, *_last(shown)),
    )


def _told(channel: Channel, end: End, sources: Sources) -> End:
    """The end, with what nobody said of asyncio: without an `await` and that module, it is a blocking one."""
    if end.asyncio is not None:
        return end
    paths = {operation.site.path for each in channel.ends for operation in each.operations}
    awaited = any(operation.awaited for operation in end.operations)
    if awaited or any("zmq.asyncio" in sources.text(path) for path in paths):
        return end
    return structs.replace(end, asyncio=False)


def _unfit(view: Scene) -> Iterator[str]:
    """Why the channel as a whole is none that can be changed."""
    if view.channel.kind != "zmq" or not view.channel.ends:
        yield "what is loaded does not come through ZeroMQ sockets that are known"
    for load in view.channel.loads:
        yield from (f"{load.api} at {place(load.site)} also loads {other}" for other in load.others)
    for end in view.channel.ends:
        yield from obstacles(view, end)
        yield from unlisted(view, end)
    yield from disagreements(view)


def _changed(view: Scene, name: str) -> tuple[Change, Module, Generated]:
    """Everything that changes, the module that declares the messages, and what it has for contexts."""
    roles = Roles(view)
    dumps = spoken(view)
    touched = frozenset(
        [operation.site.path for end in view.channel.ends for operation in end.operations]
        + [end.made.path for end in view.channel.ends]
        + [load.site.path for load in view.channel.loads]
        + [dump.site.path for dump in view.channel.dumps]
    )
    path = module_path("wire", touched, view.sources)
    home = Place(path=path, tests=test_path(path, view.sources), sources=view.sources, touched=touched)
    declared = module("wire", name, dumps or expected(view.channel), home)
    generated = Generated(path=path, codec=declared.codec or "CODEC", local=_is_local(view.channel), suffix=name)
    parts = [*_exchanged(view, roles, dumps, declared, generated)]
    parts += [context_of(view, end, generated) for end in view.channel.ends]
    parts += strays(view, roles, touched)
    return joined(parts), declared, generated


def _exchanged(
    view: Scene, roles: Roles, dumps: tuple[Dump, ...], declared: Module, generated: Generated
) -> Iterator[Change]:
    for end in view.channel.ends:
        for operation in end.operations:
            if operation.kind == "receive":
                yield arrivals.arrival(view, roles, end, operation)
            elif operation.kind == "send":
                sent = [dump for dump in dumps if key(operation.site) in {key(site) for site in dump.sent_at}]
                types = {_type_of(declared, dump) for dump in sent}
                as_type = types.pop() if len(types) == 1 else ""
                if types:
                    yield stopped(f"messages of several types go out by one call at {place(operation.site)}")
                bound, needed = _type_name(view, operation.site.path, as_type, generated, operation)
                yield needed
                yield departures.departure(view, roles, end, operation, bound)
            else:
                yield use(view, end, operation)
    yield from (arrivals.load(view, roles, load) for load in view.channel.loads)
    yield from (departures.dump(view, dump) for dump in view.channel.dumps)


def _type_of(declared: Module, dump: Dump) -> str:
    """The type that a message is sent as, where its object does not tell it: plain values alone need none."""
    alone = len(declared.names) == 1 and isinstance(dump.shape, Unknown)
    return "" if alone else declared.as_type(dump.shape)


def _type_name(view: Scene, path: str, wanted: str, generated: Generated, operation: Operation) -> tuple[str, Change]:
    """What a message's type is called in a file, and its import."""
    if not wanted:
        return "", Change()
    name = named(view.sources, operation.site, wanted, f"Wire{wanted}")
    source = imported(path, generated.path, wanted, view.sources)
    return name, Change(imports=(structs.replace(source, alias=alias(name, wanted)),))


def _is_local(channel: Channel) -> bool:
    """True if no end leaves the machine, and all addresses are names that a private folder can hold."""
    addresses = [address for end in channel.ends for address in end.addresses]
    return bool(addresses) and all(_is_plain_name(address) for address in addresses)


def _is_plain_name(address: str) -> bool:
    scheme, _, name = address.partition("://")
    return scheme == "ipc" and name.replace("-", "").replace("_", "").replace(".", "").isalnum()


def _doubts(view: Scene, *, local: bool) -> Iterator[str]:
    channel = view.channel
    if local:
        yield "the sockets are ipc:// names: they move into a folder that only their user can enter (mode local)"
    yield from doubts_of(channel, "has to be changed")
    if not any(each.kind == "send" for end in channel.ends for each in end.operations):
        yield "nothing in the target sends through this channel"
    for end in channel.ends:
        if set(end.types) & _WAIT_FOR_PEERS and not end.asyncio:
            yield from (
                f"`{each.name}` at {place(each.site)} does not wait: while nobody is connected it raises zmq.Again,"
                " where a plain socket keeps the message"
                for each in end.operations
                if each.kind == "send" and _sends_at_once(view.sources.call(each.site.path, each.site.span))
            )


def _sends_at_once(call: ast.Call | None) -> bool:
    """True if its flags say so; they are the second argument of every method that sends."""
    if call is None:
        return False
    named = [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
    return any(flags_of(argument) == "at once" for argument in [*call.args[1:2], *named])


def _is_beside(change: Change, end: End) -> bool:
    """True if the end's sockets are made by the process's own context."""
    return any(
        item.path == end.made.path and item.name.startswith("wire_") and "context" in item.name
        for item in change.imports
    )


def _unneeded(touched: Iterable[str], sources: Sources) -> Iterator[Import]:
    for path in sorted(touched):
        for item in sources.imports(path):
            if item.top and item.source.module in _PICKLES:
                yield item.source


def _title(channel: Channel) -> str:
    sockets = ends_of(channel) if channel.ends else "the channel's sockets"
    return f"make {sockets} typed and authenticated ones of gnomon.wire"


def _impossible(findings: tuple[Finding, ...], channel: Channel, why: tuple[str, ...]) -> Offer:
    return impossible(findings, "wire", RECIPE, _title(channel), why)


def _last(channel: Channel) -> tuple[str, ...]:
    """What is to be known of types that connect and are answered."""
    kinds = {kind for end in channel.ends for kind in end.types}
    return (_LAST,) if kinds & {"REQ", "DEALER", "PAIR"} else ()
