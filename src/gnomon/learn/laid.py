"""What was in an exercise's folder when it was looked at."""

from msgspec import Struct


class Laid(Struct, frozen=True, kw_only=True):
    """How the files of a folder compare with what the exercise gives. Names that it does not give are untrusted."""

    found: bool = False
    """True if any were there from an earlier look."""
    changed: tuple[str, ...] = ()
    """Given ones that are not as they were given."""
    added: tuple[str, ...] = ()
    """Those that the exercise does not give."""
    missing: tuple[str, ...] = ()
    """Given ones that were not there any more, and were written again."""
    aside: str = ""
    """Name of the folder, beside this one, that the changed and the added were moved to; "" if they were left."""

    @property
    def differing(self) -> tuple[str, ...]:
        """What the learner has made of the folder."""
        return (*self.changed, *self.added)
