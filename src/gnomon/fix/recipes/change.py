"""A part of a patch with what stands against it: recipes join such parts."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from gnomon.core.patch import Import, Replacement
from gnomon.core.site import CodeSite


class Change(Struct, frozen=True, kw_only=True):
    """What one place of the target needs."""

    replacements: tuple[Replacement, ...] = ()
    imports: tuple[Import, ...] = ()
    stops: tuple[str, ...] = ()
    """Why it can't be done: clauses that name places. Untrusted text."""
    doubts: tuple[str, ...] = ()
    """What a person has to look at first."""


NOTHING = Change()
Item = TypeVar("Item")


def joined(changes: Iterable[Change]) -> Change:
    """All of them as one, without repeats."""
    parts = list(changes)
    return Change(
        replacements=_once(item for part in parts for item in part.replacements),
        imports=_once(item for part in parts for item in part.imports),
        stops=_once(item for part in parts for item in part.stops),
        doubts=_once(item for part in parts for item in part.doubts),
    )


def stopped(reason: str) -> Change:
    """Nothing but a reason against it."""
    return Change(stops=(reason,))


def place(site: CodeSite) -> str:
    """Where a site is, as reasons name it."""
    return f"{site.path}:{site.line}"


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
