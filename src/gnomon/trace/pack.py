"""All known signatures, searchable: which of them a unit shares code with, in one pass over its shingles."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from gnomon.core.signature import Definition, Signature
from gnomon.trace.units import Unit


class Likeness(Struct, frozen=True):
    """How much a unit has in common with one definition of a signature."""

    signature: Signature
    definition: Definition
    unit: Unit
    shared: int
    """Shingles."""
    in_unit: float
    """0 to 1: how much of the definition is in the unit."""
    in_definition: float
    """0 to 1: how much of the unit is in the definition."""

    @property
    def similarity(self) -> float:
        """Containment, the larger way: a copy may be a part, and may have grown."""
        return max(self.in_unit, self.in_definition)

    @property
    def agreement(self) -> float:
        """0 to 1: what is shared of both together (Dice), 1 only for the same code."""
        together = self.in_unit + self.in_definition
        return 2 * self.in_unit * self.in_definition / together if together else 0.0


class Pack:
    """Signatures by the shingles of their definitions."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self.signatures = tuple(signatures)
        self._entries: list[tuple[Signature, Definition]] = [
            (signature, definition) for signature in self.signatures for definition in signature.definitions
        ]
        self._postings: dict[int, list[int]] = {}
        for number, (_, definition) in enumerate(self._entries):
            for shingle in definition.shingles:
                self._postings.setdefault(shingle, []).append(number)

    def like(self, unit: Unit, least_shared: int) -> Sequence[Likeness]:
        """Every definition that shares at least so many shingles with the unit."""
        postings = self._postings
        counts = Counter(number for shingle in unit.shingles if shingle in postings for number in postings[shingle])
        return [self._likeness(unit, number, shared) for number, shared in counts.items() if shared >= least_shared]

    def _likeness(self, unit: Unit, number: int, shared: int) -> Likeness:
        signature, definition = self._entries[number]
        below = definition.below
        comparable = sum(shingle < below for shingle in unit.shingles) if below else len(unit.shingles)
        return Likeness(
            signature, definition, unit, shared, shared / len(definition.shingles), shared / max(comparable, shared)
        )
