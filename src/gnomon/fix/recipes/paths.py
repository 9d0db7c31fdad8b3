"""A ZeroMQ channel that is bound to every interface -> a path on this host, at both ends, in a folder of one user's."""

from collections.abc import Iterator

from gnomon.core.channel import Channel, End, Operation
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Patch, Replacement, Style
from gnomon.core.site import Span
from gnomon.fix import modules
from gnomon.fix.generated import private_paths
from gnomon.fix.narrowing import Narrowing
from gnomon.fix.recipes.change import place
from gnomon.fix.recipes.told import impossible
from gnomon.fix.sources import Sources, span_of
from gnomon.fix.text import quoted

RECIPE = "endpoint"
_STILL = "whoever can enter the folder can still run code: this makes the flaw harder to reach and removes nothing"
_AFTERWARDS = (
    "Run both ends as one user of one host: the end that binds makes the folder with mode 700, and takes no other.",
    "In containers: give both ends the folder as a volume, and one user's number.",
    "Take away what still names the port: options, published ports, rules of a firewall.",
)


def offer(
    channel: Channel | None, findings: tuple[Finding, ...], sources: Sources, where: Narrowing, *, style: Style = "wire"
) -> Offer:
    """Both ends at the path, as a suggestion; impossible where it is not one binding socket that is talked to."""
    title = f"Meet at `ipc://{where.value}` in place of a port"
    ends = channel.ends if channel is not None else ()
    bound = [(end, each) for end in ends for each in _calls(end, "bind")]
    joined = [(end, each) for end in ends for each in _calls(end, "connect")]
    stops = tuple(dict.fromkeys(_obstacles(ends, bound, joined, sources)))
    if stops or channel is None:
        return impossible(findings, style, RECIPE, title, stops)
    touched = {each.site.path for _, each in bound}
    module = modules.named_path(private_paths.NAME, touched, sources)
    code = {"bind": f"{private_paths.FUNCTION}({quoted(where.value)})", "connect": quoted(f"ipc://{where.value}")}
    spans = {each: _argument(each, sources) for _, each in (*bound, *joined)}
    replacements = [
        Replacement(path=each.site.path, span=span, pieces=(code[each.name],))
        for each, span in spans.items()
        if span is not None
    ]
    return Offer(
        findings=findings,
        style=style,
        recipe=RECIPE,
        standing="suggested",
        title=f"{title} ({', '.join(place(each.site) for _, each in (*bound, *joined)[:4])})",
        why=("a peer on another host can't connect any more", _STILL, *_missing(channel, joined)),
        patch=Patch(
            replacements=tuple(replacements),
            imports=tuple(modules.imported(path, module, private_paths.FUNCTION, sources) for path in sorted(touched)),
            sections=(private_paths.section(module),),
        ),
        afterwards=_AFTERWARDS,
    )


def apart(offers: list[Offer]) -> list[Offer]:
    """The offers, those of paths impossible where several channels would meet at the same one."""
    several = [each for each in offers if each.recipe == RECIPE and each.standing != "impossible"]
    if len(several) < 2:
        return offers
    why = (f"{len(several)} channels would meet at one path: name a finding of the one that is meant",)
    return [
        impossible(each.findings, each.style, RECIPE, each.title, why) if each in several else each for each in offers
    ]


def _calls(end: End, name: str) -> list[Operation]:
    """The calls by which an end gets an address."""
    return [each for each in end.operations if each.kind == "endpoint" and each.name.startswith(name)]


def _obstacles(
    ends: tuple[End, ...],
    bound: list[tuple[End, Operation]],
    joined: list[tuple[End, Operation]],
    sources: Sources,
) -> Iterator[str]:
    """Why the channel can't meet at one path: clauses."""
    if not ends:
        yield "a path takes the place of a ZeroMQ socket's port alone, and this comes through none that is known"
        return
    if not bound:
        yield "the end that binds was not found: " + (
            ", ".join(f"{place(each.site)} connects" for _, each in joined[:3]) or "none of the sockets has an address"
        )
    if len(bound) > 1:
        places = ", ".join(place(each.site) for _, each in bound[:4])
        yield f"several calls bind, and one path is one socket's: {places}"
    for end, each in (*bound, *joined):
        if each.name not in ("bind", "connect") or _argument(each, sources) is None:
            yield f"what `{each.name}` at {place(each.site)} is given is not one address"
        elif end.transport not in ("tcp", "unknown"):
            yield f"the end at {place(each.site)} speaks {end.transport} already"
    for end, _ in bound:
        if end.others:
            yield from end.others


def _missing(channel: Channel, joined: list[tuple[End, Operation]]) -> Iterator[str]:
    """Which ends have to be changed by hand."""
    if not joined:
        yield "the end that connects was not found: it has to be given the path by hand"
    yield from channel.missing
    for end in channel.ends:
        if not _calls(end, "bind") and not _calls(end, "connect"):
            yield f"where the socket made at {place(end.made)} gets its address was not found: it has to get the path"
    if channel.paired == "inferred":
        yield f"that these ends belong together is inferred: {'; '.join(channel.because) or 'nothing else fits'}"


def _argument(operation: Operation, sources: Sources) -> Span | None:
    call = sources.call(operation.site.path, operation.site.span)
    if call is None or len(call.args) != 1 or call.keywords:
        return None
    return span_of(call.args[0])
