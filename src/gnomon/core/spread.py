"""How independent questions are put: one after the other, or by several workers at once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Spread(Protocol):
    """Puts questions whose answers don't depend on one another."""

    @property
    def workers(self) -> int:
        """How many are at work at once, at least 1."""

    def __call__(
        self, ask: Callable[[Q], A], questions: Sequence[Q], kind: type[A], lost: Callable[[Q, str], A]
    ) -> Iterable[A]:
        """The answers, of type `kind`, in the order of the questions. All of them have to be taken.

        `lost` answers for a question that was left unanswered, and is told why.
        """


class InTurn:
    """Puts one question after the other, here."""

    workers = 1

    def __call__(
        self,
        ask: Callable[[Q], A],
        questions: Sequence[Q],
        kind: type[A],  # noqa: ARG002 (for those who hand answers from one process to another)
        lost: Callable[[Q, str], A],  # noqa: ARG002 (no question is lost here)
    ) -> Iterable[A]:
        """As they are asked for."""
        return map(ask, questions)


IN_TURN = InTurn()
