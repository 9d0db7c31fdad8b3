"""What messages a channel's types are declared for: what is sent, or where nothing is known to send, what is used."""

from collections.abc import Iterator

from msgspec.structs import replace

from gnomon.core.channel import Channel, Dump
from gnomon.core.shape import Either, Unknown
from gnomon.fix.payload.wording import at


def expected(channel: Channel) -> tuple[Dump, ...]:
    """The channel's dumps; without any, one for each load that its use says the type of, as if it stood there."""
    if channel.dumps:
        return channel.dumps
    found = []
    for load in channel.loads:
        shape = load.used
        if shape is None or any(isinstance(each, Unknown) for each in _alternatives(shape)):
            return ()
        found.append(Dump(site=load.site, api=load.api, qualname=load.qualname, shape=shape, inferred=load.uses))
    return tuple(found)


def as_sent(channel: Channel) -> Channel | None:
    """The channel with what the code that sends tells alone; None if that is all there is."""
    if not any(dump.sent is not None for dump in channel.dumps):
        return None
    dumps = (replace(dump, shape=dump.sent or dump.shape, inferred=(), sent=None) for dump in channel.dumps)
    return replace(channel, dumps=tuple(dumps))


def guesses(dumps: tuple[Dump, ...], channel: Channel) -> Iterator[str]:
    """What of the declared types was read from how messages are used: clauses. Untrusted text."""
    for dump in dumps:
        uses = "; ".join(dump.inferred)
        if uses and channel.dumps:
            yield f"what {at(dump.site)} sends is in part known by its use alone: {uses}"
        elif not channel.dumps:
            yield f"nothing that is sent is known, and its type is read from its use after {at(dump.site)}: {uses}"


def _alternatives(shape: object) -> tuple[object, ...]:
    return shape.shapes if isinstance(shape, Either) else (shape,)
