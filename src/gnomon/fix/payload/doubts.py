"""Why a channel can't get another format, or why a person has to decide whether it should."""

import ast
from collections.abc import Iterator

from gnomon.core.channel import Channel, Load
from gnomon.fix.payload.elsewhere import all_is_loaded, all_is_sent
from gnomon.fix.payload.wording import at
from gnomon.fix.sources import Sources


def obstacles(channel: Channel, sources: Sources, *, keeps_pickles: bool) -> Iterator[str]:
    """Why no load of the channel may change: clauses. `keeps_pickles` is True if what is sent stays as it is."""
    for load in channel.loads:
        if load.others and not keeps_pickles:
            yield from _others(load)
        if load.receives and load.awaited is None and _may_be_awaited(load, channel, sources):
            yield f"what {at(load.site)} receives is awaited elsewhere"


def doubts(channel: Channel, sources: Sources, *, keeps_pickles: bool) -> Iterator[str]:
    """Why it is not certain that both ends are known, or that nothing else is changed with them: clauses."""
    yield from channel.missing
    if not channel.dumps and not channel.missing:
        yield "no end that sends was found"
    if channel.paired == "inferred":
        yield f"that these ends belong together is inferred: {'; '.join(channel.because) or 'nothing else fits'}"
    elif channel.paired == "no" and channel.dumps:
        yield "nothing says that these ends belong together"
    if keeps_pickles:
        for load in channel.loads:
            yield from _others(load)
        return
    for dump in channel.dumps:
        if not all_is_sent(dump, sources):
            yield f"what {at(dump.site)} dumps may go elsewhere too than through this channel"
    for load in channel.loads:
        if not all_is_loaded(load, channel.loads, sources):
            yield f"what is loaded at {at(load.site)} may go elsewhere too, as it was received"


def _others(load: Load) -> Iterator[str]:
    if load.others:
        yield f"{at(load.site)} loads other data too: {'; '.join(dict.fromkeys(load.others))}"


def _may_be_awaited(load: Load, channel: Channel, sources: Sources) -> bool:
    """True unless the call gives the object at once."""
    ends = [end for end in channel.ends if any(item.site.span == load.site.span for item in end.operations)]
    known = {end.asyncio for end in ends}
    if known and None not in known:
        return True in known
    return isinstance(sources.function(load.site.path, load.site.span), ast.AsyncFunctionDef)
