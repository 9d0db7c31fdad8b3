"""Both ends of a channel with another format in pickle's place; its sockets stay as they are."""

from collections.abc import Iterable

from gnomon.core.channel import Channel, Dump, Load
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Patch, Style
from gnomon.fix import modules
from gnomon.fix.payload.change import Change, changed
from gnomon.fix.payload.doubts import doubts, obstacles
from gnomon.fix.payload.formats import Format, Home, formatted
from gnomon.fix.payload.learned import Learned
from gnomon.fix.sources import Sources

STYLES: tuple[Style, ...] = ("msgspec", "json", "hmac", "restrict", "wire")
"""What this recipe can put in pickle's place."""
_DONE: dict[Style, str] = {
    "hmac": "Sign the pickles of {sent}, and verify them at {loaded} before they are loaded",
    "restrict": "Load nothing at {loaded} but names that are listed",
    "msgspec": "Send typed MessagePack from {sent}, and decode it into declared types at {loaded}",
    "json": "Send JSON from {sent}, and hold it to declared types at {loaded}",
    "wire": "Send sealed, typed messages from {sent}, and open them at {loaded}",
}


def offer(
    channel: Channel,
    findings: tuple[Finding, ...],
    sources: Sources,
    style: Style,
    *,
    name: str = "",
    learned: Learned | None = None,
) -> Offer:
    """The change of a channel in one of STYLES, or why there is none.

    `name` tells the channel from others that share the generated module (fix.payload.labels), "" if there are none;
    `learned` has the names that style restrict allows, which are those of what is sent without it.
    """
    home = _home(channel, style, name, sources)
    keeps_pickles = style == "restrict"
    impossible = tuple(obstacles(channel, sources, keeps_pickles=keeps_pickles))
    made = formatted(style, channel, home, sources, learned) if not impossible else Format()
    impossible += made.impossible
    change = changed(channel, made, home.path, sources) if not impossible else Change()
    impossible += change.unfit
    title = _DONE[style].format(sent=_listed(channel.dumps) or "senders", loaded=_listed(channel.loads))
    ordered = tuple(sorted(findings, key=lambda item: (item.site.path, item.site.line, item.site.span.column)))
    if impossible:
        return Offer(
            findings=ordered, style=style, recipe="payloads", standing="impossible", title=title, why=impossible
        )
    is_learned = style == "restrict" and learned is not None
    unsure = () if is_learned else tuple(doubts(channel, sources, keeps_pickles=keeps_pickles))
    why = tuple(dict.fromkeys((*unsure, *made.guessed, *change.why)))
    return Offer(
        findings=ordered,
        style=style,
        recipe="payloads",
        standing="suggested" if why else "automatic",
        title=title,
        why=why,
        patch=Patch(
            replacements=change.replacements,
            imports=change.imports,
            unneeded=change.unneeded,
            sections=made.sections,
        ),
        tests=made.tests,
        afterwards=(*made.afterwards, *_uncaught(change, made)),
    )


def _home(channel: Channel, style: Style, name: str, sources: Sources) -> Home:
    sites = [load.site for load in channel.loads]
    if style != "restrict":
        sites += [dump.site for dump in channel.dumps]
    touched = frozenset(site.path for site in sites)
    path = modules.module_path(style, touched, sources)
    return Home(path=path, tests=modules.test_path(path, sources), name=name, touched=touched)


def _listed(places: Iterable[Load | Dump]) -> str:
    """`server.py:12, 40 and client.py:7`; from the third file on only how many there are."""
    lines: dict[str, set[int]] = {}
    for place in places:
        lines.setdefault(place.site.path, set()).add(place.site.line)
    shown = [f"{path}:{', '.join(map(str, sorted(lines[path])))}" for path in sorted(lines)]
    rest = [f"{len(shown) - 2} more files"] if len(shown) > 3 else shown[2:]
    return " and ".join((*shown[:2], *rest))


def _uncaught(change: Change, made: Format) -> tuple[str, ...]:
    """What a person should know of loops that a message can end."""
    error = made.raised.name if made.raised is not None else "pickle.UnpicklingError"
    return tuple(
        f"A message that is refused at {place} raises {error}, which nothing there catches: it ends the loop, as one "
        "that could not be unpickled did before."
        for place in change.uncaught
    )
