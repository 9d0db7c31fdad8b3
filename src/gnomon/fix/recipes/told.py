"""What recipes that change the sockets of a channel say of it."""

from collections.abc import Iterator

from gnomon.core.channel import Channel
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Style
from gnomon.fix.recipes.change import place


def ends_of(channel: Channel) -> str:
    """Its sockets, by types and places."""
    kinds = " and ".join(dict.fromkeys(kind for end in channel.ends for kind in end.types))
    return f"the {kinds} sockets at {', '.join(place(end.made) for end in channel.ends)}"


def doubts_of(channel: Channel, needs: str) -> Iterator[str]:
    """Why it is not sure that all of its ends are known; `needs` says what a missing one does not get."""
    if channel.paired == "inferred":
        yield f"which sockets are its two ends was inferred: {'; '.join(channel.because) or 'nothing says so'}"
    if channel.paired == "no":
        yield f"an end of the channel is missing, which {needs} as well"
    yield from channel.missing


def impossible(findings: tuple[Finding, ...], style: Style, recipe: str, title: str, why: tuple[str, ...]) -> Offer:
    """No change, and why: each reason once."""
    reasons = tuple(dict.fromkeys(why))
    return Offer(findings=findings, style=style, recipe=recipe, standing="impossible", title=title, why=reasons)
