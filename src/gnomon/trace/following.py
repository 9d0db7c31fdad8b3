"""Flaws of an earlier release and of a later one -> which are the same: by name, by text, by source, by likeness."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from gnomon.core.watch import Flaw
from gnomon.trace.held import Held
from gnomon.trace.strains import SAME, similarity
from gnomon.trace.units import Unit

Earlier = TypeVar("Earlier")


class Seen(Struct, frozen=True, kw_only=True):
    """A flaw, and the function that it is in."""

    flaw: Flaw
    unit: Unit | None = None
    """None if it is in no function, or one that was not compared."""

    @property
    def function(self) -> str:
        """The outermost one; a function inside of a function may come and go."""
        return self.unit.qualname if self.unit is not None else self.flaw.qualname


Key = Callable[[Seen], Hashable | None]
"""None: this one has no such key."""
_KEYS: tuple[Key, ...] = (
    lambda seen: (seen.flaw.path, seen.flaw.qualname, seen.flaw.fingerprint) if seen.flaw.fingerprint else None,
    lambda seen: (seen.flaw.path, seen.flaw.qualname, seen.flaw.rule, seen.flaw.sink),
    lambda seen: (seen.flaw.path, seen.function, seen.flaw.rule),
    lambda seen: seen.flaw.fingerprint or None,  # in another file
    # The load went into another function of the file: from the same line, with the same text, or from the same channel.
    lambda seen: (seen.flaw.rule, *seen.flaw.source) if all(seen.flaw.source) else None,
    lambda seen: (seen.flaw.rule, seen.flaw.path, seen.flaw.sink, seen.flaw.code) if seen.flaw.code else None,
    lambda seen: (seen.flaw.rule, seen.flaw.path, *seen.flaw.opening) if all(seen.flaw.opening) else None,
)
"""The surest first; of those that agree in one, the first in the file goes on in the first."""


def followed(
    earlier: Sequence[Earlier], later: Sequence[Seen], seen_of: Callable[[Earlier], Seen], held: Sequence[Held]
) -> tuple[list[tuple[Earlier, Seen]], list[Seen]]:
    """What goes on in what, and those of the later that nothing goes on in. Each goes on in one at most.

    `held`: functions with loads of the later release.
    """
    open_, rest = list(earlier), list(later)
    found: list[tuple[Earlier, Seen]] = []
    for key in _KEYS:
        found += _by_key(open_, rest, key, seen_of)
    found += _pairs(open_, rest, seen_of, lambda before, seen: is_deeper(before, seen, held))
    found += _pairs(open_, rest, seen_of, _is_stated)
    found += _by_likeness(open_, rest, seen_of)
    return found, rest


def is_deeper(before: Seen, seen: Seen, held: Iterable[Held]) -> bool:
    """True if the load is in a function of the same file now that the one calls in which it was."""
    return (
        (before.flaw.rule, before.flaw.path) == (seen.flaw.rule, seen.flaw.path)
        and before.function != seen.function
        and any(
            (each.path, each.unit.qualname) == (before.flaw.path, before.function)
            and seen.function.rpartition(".")[2] in each.unit.calls
            for each in held
        )
    )


def _by_key(
    open_: list[Earlier], rest: list[Seen], key: Key, seen_of: Callable[[Earlier], Seen]
) -> list[tuple[Earlier, Seen]]:
    """Pairs with equal keys, taken out of both lists."""
    waiting: dict[Hashable, list[Earlier]] = defaultdict(list)
    for each in sorted(open_, key=lambda each: _place(seen_of(each))):
        wanted = key(seen_of(each))
        if wanted is not None:
            waiting[wanted].append(each)
    pairs = []
    for seen in sorted(rest, key=_place):
        candidates = waiting.get(key(seen))
        if candidates:
            pairs.append((candidates.pop(0), seen))
    _take(open_, rest, pairs)
    return pairs


def _is_stated(before: Seen, seen: Seen) -> bool:
    """True if one is known by its statements alone, and the other is the same code or a part of it."""
    one, other = before.flaw, seen.flaw
    names = sorted((one.qualname, other.qualname), key=len)
    return (
        (not one.rule or not other.rule)
        and one.path == other.path
        and (names[0] == names[1] or names[1].startswith(f"{names[0]}."))
    )


def _pairs(
    open_: list[Earlier], rest: list[Seen], seen_of: Callable[[Earlier], Seen], is_same: Callable[[Seen, Seen], bool]
) -> list[tuple[Earlier, Seen]]:
    """Pairs that are the same, the first in the file with the first, taken out of both lists."""
    pairs: list[tuple[Earlier, Seen]] = []
    for each in sorted(open_, key=lambda each: _place(seen_of(each))):
        left = [seen for seen in rest if not any(seen is other for _, other in pairs)]
        same = next((seen for seen in sorted(left, key=_place) if is_same(seen_of(each), seen)), None)
        if same is not None:
            pairs.append((each, same))
    _take(open_, rest, pairs)
    return pairs


def _by_likeness(
    open_: list[Earlier], rest: list[Seen], seen_of: Callable[[Earlier], Seen]
) -> list[tuple[Earlier, Seen]]:
    """Pairs whose functions are alike, the most similar first, taken out of both lists."""
    alike = []
    for one, each in enumerate(open_):
        before = seen_of(each)
        for other, seen in enumerate(rest):
            if before.unit is None or seen.unit is None or before.flaw.rule != seen.flaw.rule:
                continue
            likeness = similarity(before.unit, seen.unit)
            if likeness >= SAME:
                alike.append((-likeness, before.flaw.sink != seen.flaw.sink, _place(before), _place(seen), one, other))
    pairs: list[tuple[Earlier, Seen]] = []
    ones: set[int] = set()
    others: set[int] = set()
    for *_, one, other in sorted(alike):
        if one not in ones and other not in others:
            ones.add(one)
            others.add(other)
            pairs.append((open_[one], rest[other]))
    _take(open_, rest, pairs)
    return pairs


def _take(open_: list[Earlier], rest: list[Seen], pairs: Iterable[tuple[Earlier, Seen]]) -> None:
    for each, seen in pairs:
        del open_[next(at for at, one in enumerate(open_) if one is each)]
        del rest[next(at for at, one in enumerate(rest) if one is seen)]


def _place(seen: Seen) -> tuple[str, int]:
    return seen.flaw.path, seen.flaw.line
