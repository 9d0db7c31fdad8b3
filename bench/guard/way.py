"""One way of getting a name loaded from bytes: what it is, where it is documented, and the function that goes it."""

import pickle
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from bench.guard import marker

MARKER = marker.__name__
DEADLINE_S = 20
"""How long a way waits for another process or thread."""


class Call:
    """Is pickled as a call: whoever loads it calls the function."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.reduced = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
        return self.reduced


class Sent(NamedTuple):
    """What is sent along a way: a call of the marker, or of its harmless twin."""

    name: Literal["fire", "calm"]

    @property
    def bad(self) -> bool:
        """True for the marker."""
        return self.name == "fire"

    @property
    def function(self) -> Callable[..., None]:
        """`marker.fire` or `marker.calm`."""
        return marker.fire if self.bad else marker.calm

    @property
    def made(self) -> str:
        """Name of the class that notes when it is made."""
        return "Fire" if self.bad else "Calm"

    @property
    def value(self) -> Call:
        """An object that is pickled as a call."""
        return Call(self.function)

    def pickled(self, protocol: int | None = None) -> bytes:
        """The pickle of such an object."""
        return pickle.dumps(self.value, protocol)


class Way(NamedTuple):
    """A way, and what a reader must know to judge it. The function's result does not matter, the marker does."""

    id: str
    kind: str
    title: str
    special: str
    """Why it may pass where others do not."""
    references: tuple[str, ...]
    """Public documents that the way is taken from."""
    go: Callable[[Sent], object]
    needs: tuple[str, ...] = ()
    """Modules without which it can't be gone."""
    told_as: str = ""
    """A word that guard's event must have to count as telling of this way; empty if nothing can be told."""
    taken: tuple[str, ...] = ()
    """`module:name` of what the harmless twin needs although it is known to run code: learned with --i-know."""
    until: tuple[int, int] = (9, 0)
    """The first Python that no longer has what the way uses."""


def way(  # noqa: PLR0913  (a way has as many facts)
    identifier: str,
    kind: str,
    title: str,
    special: str,
    *references: str,
    needs: tuple[str, ...] = (),
    told_as: str = "",
    taken: tuple[str, ...] = (),
    until: tuple[int, int] = (9, 0),
) -> Callable[[Callable[[Sent], object]], Way]:
    """Turns the function below into a Way."""

    def made(go: Callable[[Sent], object]) -> Way:
        return Way(identifier, kind, title, special, references, go, needs, told_as, taken, until)

    return made
