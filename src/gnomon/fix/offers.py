"""What can be done about findings: each recipe that fits is asked, and what changes the same code is one offer."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.channel import Channel, Load
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Standing, Style
from gnomon.core.site import CodeSite, Span
from gnomon.fix.expected import as_sent
from gnomon.fix.narrowing import Narrowing
from gnomon.fix.payload.labels import label
from gnomon.fix.payload.learned import Learned
from gnomon.fix.protocol import merged
from gnomon.fix.recipes import endpoints, hatches, loaders, paths
from gnomon.fix.regression import tested
from gnomon.fix.sources import Sources

_STANDINGS: tuple[Standing, ...] = ("automatic", "suggested", "impossible")
"""Best first."""
_Recipe = Callable[[Channel, tuple[Finding, ...], Sources, str], Offer]
"""Asked with the name that a channel has within the module that it shares with others; "" if it has that alone."""
_NOTHING = "Nothing is changed."
_REPLACING: tuple[Style, ...] = ("wire", "msgspec", "json")
_KEEPING: tuple[Style, ...] = ("hmac", "curve", "restrict")
"""Styles by what becomes of pickle; that of those that keep it is said in docs/fix.md."""


class Wanted(Struct, frozen=True, kw_only=True):
    """How findings are to be removed."""

    style: Style = "wire"
    tests: bool = True
    learned: Learned | None = None
    """What a guard policy allows, for style restrict."""
    endpoint: Narrowing = Narrowing()
    """Where ends go that are bound to every interface."""


def offers(
    findings: Sequence[Finding], channels: Iterable[Channel], sources: Sources, wanted: Wanted
) -> tuple[Offer, ...]:
    """What can be done about each of the findings, the best first; one that nothing can be done about says why.

    `channels` are those of all findings of the target: what comes through the same one changes together.
    """
    through = [(channel, found) for channel in channels if (found := _through(channel, findings))]
    followed = {finding for _, found in through for finding in found}
    left = [finding for finding in findings if finding not in followed]
    made = [_of_one(finding, sources, wanted) for finding in left]
    made += _of_channels(through, sources, wanted)
    made = paths.apart(made) if wanted.endpoint.kind == "ipc" else made
    told = [offer if wanted.tests else replace(offer, tests=()) for offer in _together(made)]
    return tuple(sorted(told, key=lambda offer: _STANDINGS.index(offer.standing)))


def _of_one(finding: Finding, sources: Sources, wanted: Wanted) -> Offer:
    """What can be done about a finding whose bytes come through no channel that is known."""
    if finding.qualname == "<deployment>":
        return hatches.offer(finding, sources, style=wanted.style)
    offer = _of_loader(finding, sources, wanted)
    return offer if offer is not None else _unknown(finding, wanted)


def _through(channel: Channel, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    loaded = {(load.site.path, load.site.span) for load in channel.loads}
    return tuple(finding for finding in findings if (finding.site.path, finding.site.span) in loaded)


def _of_channels(
    through: Sequence[tuple[Channel, tuple[Finding, ...]]], sources: Sources, wanted: Wanted
) -> Iterator[Offer]:
    """The offers of each channel; those whose modules would be one file have names of their own in it."""
    first = [list(_of_channel(channel, found, sources, wanted, "")) for channel, found in through]
    shared = Counter(path for made in first for path in {path for offer in made for path in _modules(offer)})
    for (channel, found), alone in zip(through, first, strict=True):
        made = alone
        path = next((path for offer in alone for path in _modules(offer) if shared[path] > 1), None)
        if path is not None:
            name = label(channel, path.rpartition("/")[0], sources)
            made = list(_of_channel(channel, found, sources, wanted, name))
        types = {kind: None for end in channel.ends for kind in end.types}
        for offer in made:
            if offer.standing == "impossible":
                yield replace(offer, afterwards=tuple(_other_ways(channel, offer.findings, sources, wanted)))
            else:
                yield tested(offer, channel.loads, sources, types)
        if wanted.endpoint.asked or not any(offer.standing == "automatic" for offer in made):
            yield from _milder(channel, found, sources, wanted)


def _milder(channel: Channel, findings: tuple[Finding, ...], sources: Sources, wanted: Wanted) -> Iterator[Offer]:
    """What lessens who can send, where a person has to decide anyway, or nothing removes the findings."""
    where = wanted.endpoint
    if where.kind == "ipc":
        yield paths.offer(channel, findings, sources, where, style=wanted.style)
        return
    for recipe in (endpoints.offer, hatches.narrowed):
        made = recipe(channel, findings, sources, where, style=wanted.style)
        if made.standing != "impossible" or (where.asked and recipe is endpoints.offer):
            yield made


def _modules(offer: Offer) -> set[str]:
    return {section.path for section in offer.patch.sections}


def _of_channel(
    channel: Channel, findings: tuple[Finding, ...], sources: Sources, wanted: Wanted, name: str
) -> Iterator[Offer]:
    """The first recipe's offer that is possible, else why none is."""
    tried: list[Offer] = []
    for recipe in _recipes(wanted.style, channel, wanted):
        tried.append(_made(recipe, channel, findings, sources, name))
        if tried[-1].standing != "impossible":
            yield tried[-1]
            return
    switched = [offer for finding in findings if (offer := _of_loader(finding, sources, wanted)) is not None]
    yield from switched
    rest = tuple(finding for finding in findings if not any(finding in offer.findings for offer in switched))
    if rest:
        yield _none(rest, wanted, tried)


def _other_ways(channel: Channel, findings: tuple[Finding, ...], sources: Sources, wanted: Wanted) -> Iterator[str]:
    """Styles that keep pickle and have a change, where one that takes its place has none."""
    for style in _KEEPING if wanted.style in _REPLACING else ():
        made = [_asked(recipe, channel, findings, sources, "") for recipe in _recipes(style, channel, wanted)]
        for offer in made:
            if offer.standing != "impossible":
                yield f"--style {style} has a change that is {offer.standing}"


def _recipes(style: Style, channel: Channel, wanted: Wanted) -> tuple[_Recipe, ...]:
    """What removes findings in a style, the first choice first. Imported here: each run has one style."""
    payloads = partial(_payloads, replace(wanted, style=style))
    match style:
        case "wire":
            return (_sockets, payloads) if channel.ends else (payloads,)
        case "msgspec" | "json" | "hmac" | "restrict":
            return (payloads,)
        case "curve":
            return (_curve,)
        case "weights-only":
            return ()
        case _:
            assert_never(style)


def _sockets(channel: Channel, findings: tuple[Finding, ...], sources: Sources, name: str) -> Offer:
    from gnomon.fix.recipes import sockets

    return sockets.offer(channel, findings, sources, name=name)


def _curve(channel: Channel, findings: tuple[Finding, ...], sources: Sources, _: str) -> Offer:
    from gnomon.fix.recipes import curve

    return curve.offer(channel, findings, sources)


def _payloads(wanted: Wanted, channel: Channel, findings: tuple[Finding, ...], sources: Sources, name: str) -> Offer:
    from gnomon.fix.recipes import payloads

    return payloads.offer(channel, findings, sources, wanted.style, name=name, learned=wanted.learned)


def _made(recipe: _Recipe, channel: Channel, findings: tuple[Finding, ...], sources: Sources, name: str) -> Offer:
    """The recipe's offer: that a type which was read from use can't be sent speaks against it, and forbids nothing."""
    offer = _asked(recipe, channel, findings, sources, name)
    other = as_sent(channel) if offer.standing == "impossible" else None
    plain = _asked(recipe, other, findings, sources, name) if other is not None else offer
    if plain is offer or plain.standing == "impossible":
        return offer
    against = (f"how messages are used speaks against it: {why}" for why in offer.why)
    return replace(plain, standing="suggested", why=(*plain.why, *against))


def _asked(recipe: _Recipe, channel: Channel, findings: tuple[Finding, ...], sources: Sources, name: str) -> Offer:
    try:
        return recipe(channel, findings, sources, name)
    except Exception as error:  # noqa: BLE001 - one odd piece of code must not keep the others from being mended
        why = f"gnomon failed here ({type(error).__name__}): please report it"
        return Offer(findings=findings, style="wire", recipe="", standing="impossible", title=_NOTHING, why=(why,))


def _none(findings: tuple[Finding, ...], wanted: Wanted, tried: Sequence[Offer]) -> Offer:
    """Why nothing can be done: what every recipe said."""
    why = tuple(dict.fromkeys(clause for offer in tried for clause in offer.why))
    if not why:
        why = (f"style {wanted.style} has nothing for it",)
    recipe, title = (tried[0].recipe, tried[0].title) if tried else ("", _NOTHING)
    return Offer(findings=findings, style=wanted.style, recipe=recipe, standing="impossible", title=title, why=why)


def _of_loader(finding: Finding, sources: Sources, wanted: Wanted) -> Offer | None:
    """The loader's own switch, if it has one. It needs no channel: one end is enough."""
    if wanted.style not in ("wire", "weights-only"):
        return None
    made = loaders.offer(finding, sources)
    if made is None or not isinstance(finding.site, CodeSite):
        return made
    load = Load(site=finding.site, api=finding.sink, qualname=finding.qualname)
    return tested(made, (load,), sources)


def _unknown(finding: Finding, wanted: Wanted) -> Offer:
    where = f"{finding.site.path}:{finding.site.line}"
    if not isinstance(finding.site, CodeSite):
        why = f"{where} is no code"
    elif finding.source.kind == "file":
        why = f"what {where} loads comes from a file: whoever writes that has to change too, and old files remain"
    elif finding.source.kind == "unknown":
        why = f"it is not known where the bytes that {where} loads come from"
    else:
        why = f"what sends the bytes that {where} loads could not be followed"
    if wanted.style == "weights-only":
        why = f"{finding.sink} has no switch that restricts it to plain content"
    return Offer(findings=(finding,), style=wanted.style, recipe="", standing="impossible", title=_NOTHING, why=(why,))


def _together(made: Iterable[Offer]) -> list[Offer]:
    """Offers of one standing that change the same code as one; alternatives of one finding stay apart."""
    groups: list[list[Offer]] = []
    for offer in made:
        places = _places(offer)
        sharing = [
            group for group in groups if any(each.recipe == offer.recipe and places & _places(each) for each in group)
        ]
        joined = [each for group in sharing for each in group]
        groups = [group for group in groups if group not in sharing]
        groups.append([*joined, offer])
    return [_joined(group) for group in groups]


def _places(offer: Offer) -> set[tuple[str, Span]]:
    return {(item.path, item.span) for item in offer.patch.replacements}


def _joined(group: list[Offer]) -> Offer:
    first = group[0]
    if len(group) == 1:
        return first
    findings = {finding: None for offer in group for finding in offer.findings}
    return replace(
        first,
        findings=tuple(sorted(findings, key=lambda each: (each.site.path, each.site.line, each.site.span.column))),
        standing=max((offer.standing for offer in group), key=_STANDINGS.index),
        why=tuple(dict.fromkeys(clause for offer in group for clause in offer.why)),
        patch=merged(offer.patch for offer in group),
        tests=tuple(dict.fromkeys(section for offer in group for section in offer.tests)),
        afterwards=tuple(dict.fromkeys(sentence for offer in group for sentence in offer.afterwards)),
    )
