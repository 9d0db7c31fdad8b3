"""A channel by place: which call of the target receives, sends, loads or dumps."""

import ast

from msgspec import Struct

from gnomon.core.channel import Channel, Dump, End, Load, Operation
from gnomon.core.site import Span
from gnomon.fix.recipes.bindings import Bindings
from gnomon.fix.recipes.calls import key, unawaited
from gnomon.fix.sources import Sources

Place = tuple[str, Span]


class Scene(Struct, frozen=True, kw_only=True):
    """What the parts of a recipe ask."""

    channel: Channel
    sources: Sources
    bindings: Bindings
    operations: dict[Place, tuple[End, Operation]]
    loads: dict[Place, Load]
    dumps: dict[Place, Dump]
    unawaited: bool
    """True if some call of asyncio sockets sends without `await`."""
    loaded: frozenset[Place]
    """Calls that receive what is loaded."""


def scene(channel: Channel, sources: Sources) -> Scene:
    """The channel's calls, by place."""
    return Scene(
        channel=channel,
        sources=sources,
        bindings=Bindings(sources),
        operations={key(operation.site): (end, operation) for end in channel.ends for operation in end.operations},
        loads={key(load.site): load for load in channel.loads},
        dumps={key(dump.site): dump for dump in channel.dumps},
        unawaited=any(
            end.asyncio and operation.kind == "send" and not _is_awaited(operation, sources)
            for end in channel.ends
            for operation in end.operations
        ),
        loaded=frozenset(key(site) for load in channel.loads for site in load.received_at),
    )


def _is_awaited(operation: Operation, sources: Sources) -> bool:
    call = sources.call(operation.site.path, operation.site.span)
    return call is not None and isinstance(unawaited(call, operation.site.path, sources), ast.Await)
