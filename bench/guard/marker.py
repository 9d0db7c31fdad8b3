"""The only thing a way of the bypass suite ever runs: functions and classes that note in a variable that they ran."""

from typing import Self

fired = False
"""What must not be called was called."""
calmed = False
"""The harmless twin was called: the program still gets what it was meant to get."""


def fire(*_: object) -> None:
    """Note that what must not be called was called."""
    global fired  # noqa: PLW0603  (this variable is the whole purpose)
    fired = True


def calm(*_: object) -> None:
    """Note that the harmless twin was called."""
    global calmed  # noqa: PLW0603
    calmed = True


def note(which: str) -> None:
    """`fire` or `calm`, as told: for ways in which one name is allowed in one place and not in the other."""
    (fire if which == "fire" else calm)()


class Fire:
    """An instance notes `fire` when it is made, and when it is given a state."""

    def __new__(cls, *_: object, **__: object) -> Self:
        """Note it."""
        fire()
        return super().__new__(cls)


class Calm:
    """An instance notes `calm` when it is made."""

    def __new__(cls, *_: object, **__: object) -> Self:
        """Note it."""
        calm()
        return super().__new__(cls)


class FireState:
    """An instance notes `fire` when it is given a state."""

    def __setstate__(self, state: object) -> None:
        fire()


class CalmState:
    """An instance notes `calm` when it is given a state."""

    def __setstate__(self, state: object) -> None:
        calm()


class Outer:
    """Holds both behind dots."""

    class Inner:
        """Two dots away from the module."""

        fire = staticmethod(fire)
        calm = staticmethod(calm)


def state() -> tuple[bool, bool]:
    """(fired, calmed) of this process."""
    return fired, calmed


def told(other: tuple[bool, bool]) -> None:
    """Take over what another process says of itself."""
    global fired, calmed
    fired, calmed = fired or other[0], calmed or other[1]


def forget() -> None:
    """As if nothing had been called."""
    global fired, calmed  # noqa: PLW0603
    fired = calmed = False
