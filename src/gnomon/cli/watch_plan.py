"""What is offered of a package and what is remembered of it -> which releases to look at, and what of them is news."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from gnomon.core.watch import Withdrawn
from gnomon.io.listing import Listing, Offer
from gnomon.io.package_list import Watchword
from gnomon.io.watch_state import Memory


class Choice(Struct, frozen=True, kw_only=True):
    """Which releases count."""

    releases: int
    """How many of the newest are looked at first."""
    pre: bool
    """Pre-releases, too."""


class Plan(Struct, frozen=True, kw_only=True):
    """What to do about one package. Versions are in their normal form, the lowest first."""

    name: str
    begins: bool
    """True if nothing is remembered of it."""
    news: tuple[str, ...] = ()
    """Releases to be told of."""
    bases: tuple[str, ...] = ()
    """Releases that the others are held against: at first the newest, later those that nobody has looked at."""
    withdrawn: tuple[Withdrawn, ...] = ()
    past_withdrawn: tuple[str, ...] = ()
    """Releases that were withdrawn before anybody looked."""
    offered: tuple[str, ...] = ()
    """All that are no news any more once this is told, but for those to look at."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """All that are to be looked at, the lowest version first."""
        return tuple(sorted({*self.news, *self.bases}, key=Version))


def planned(
    word: Watchword, listing: Listing, memory: Memory | None, examined: Collection[str], choice: Choice
) -> Plan:
    """What to do, `examined` being the releases that were looked at.

    What is offered when a package is met for the first time is its past, however much of it is looked at; so is what
    did not count when it was first seen. News is what comes later.
    """
    counting = [offer.version for offer in _counting(listing.offers, word, choice)]
    settled = set(memory.settled) if memory is not None else set(counting)
    news = tuple(version for version in counting if version not in settled)
    wanted = counting[-choice.releases :] if memory is None else _before(news, counting)
    yanked = tuple(offer for offer in listing.offers if offer.yanked)
    return Plan(
        name=word.name,
        begins=memory is None,
        news=news,
        bases=tuple(each for each in wanted if memory is None or (each not in examined and each not in news)),
        withdrawn=tuple(_withdrawn(yanked, memory)),
        past_withdrawn=tuple(offer.version for offer in yanked) if memory is None else (),
        offered=tuple(offer.version for offer in listing.offers if not offer.yanked and offer.version not in news),
    )


def _counting(offers: Sequence[Offer], word: Watchword, choice: Choice) -> list[Offer]:
    """Releases that stand, and that the list and the options allow."""
    allowed = SpecifierSet(word.specifier)
    return [
        offer
        for offer in offers
        if not offer.yanked
        and (choice.pre or not Version(offer.version).is_prerelease)
        and allowed.contains(Version(offer.version), prereleases=True)
    ]


def _before(news: Iterable[str], counting: Sequence[str]) -> list[str]:
    """The release before each, whatever line it belongs to."""
    return [counting[at - 1] for at in (counting.index(version) for version in news) if at]


def _withdrawn(yanked: Iterable[Offer], memory: Memory | None) -> Iterable[Withdrawn]:
    """Those that were not before."""
    if memory is None:
        return ()
    return (
        Withdrawn(label=offer.version, why=offer.yanked_for)
        for offer in yanked
        if offer.version not in memory.withdrawn
    )
