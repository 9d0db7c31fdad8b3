"""Questions what expressions can be: which are open, what they may still cost, and which answers are remembered.

A question may come back to itself. What is asked inside it is then answered without its own answer, and such an
incomplete answer holds only until the question is answered.
"""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gnomon.python.project import Project
from gnomon.scan.values import Found, Frame, Instance, Opaque, Outside

MAX_VALUES = 48
"""Alternatives kept for one expression."""
MAX_DEPTH = 60
"""Nested questions before the walk gives up on a branch."""
BUDGET = 2_500
"""Work allowed for one question: an expression evaluated costs 1, a file looked into FILE_COST."""
FILE_COST = 10
"""What a file takes off the budget that no question about the same file of sinks has looked into before."""
SMALL_BUDGET = 30
"""The same for a sink whose input is most often a path."""
CONDITION_BUDGET = 300
"""The same for what a condition compares: it is a constant nearby, or not worth looking for."""
CONDITION_SHARE = 50
"""What of it a condition takes from the question it stands in the way of, at most."""
CONDITIONS_BUDGET = 1_000
"""Work allowed for all conditions in the way of one question."""

EXTENSION = 300
"""What an extensible question gets once more if a search that has found something took its budget: to look at that."""

NEVER = -1
"""The level of an answer that is cut short whatever question is answered: it is not remembered."""
_UNCUT = 1_000_000
"""Deeper than any question: nothing was left out."""


class Questions(ABC):
    """Asks `_evaluate` each question once, within a budget."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._memo: dict[tuple[int, tuple[object, ...]], tuple[ast.expr, list[Found]]] = {}
        # the node is kept with its answer, so that its id can't be given to another
        self._active: dict[tuple[int, tuple[object, ...]], int] = {}
        self._provisional: dict[tuple[int, tuple[object, ...]], tuple[ast.expr, list[Found], int]] = {}
        """Answers that are incomplete because they were asked for inside a question that is still open."""
        self._undecided: set[tuple[ast.expr, tuple[object, ...]]] = set()
        """Operands of conditions that CONDITION_BUDGET was too small for."""
        self._asking: dict[tuple[object, ...], int] = {}
        self._asked: dict[tuple[object, ...], list[Found]] = {}
        self._cut = _UNCUT
        self._left = BUDGET
        self._for_conditions = CONDITIONS_BUDGET
        self._opened = 0
        self.exhausted = False
        """True if a question since the last `refill` ran out of budget or depth."""
        self.extended = False
        """True if it ran out of budget and went on with EXTENSION: what it says is true, and may not be all."""
        self._is_extensible = False

    @abstractmethod
    def _evaluate(self, node: ast.expr, frame: Frame) -> list[Found]:
        """What `node` can be, asked for the first time."""

    def refill(self, budget: int = BUDGET, *, is_extensible: bool = False) -> None:
        """Start a new question with a full budget. Who makes it extensible has to ask whether it was `extended`."""
        self._left = budget
        self._for_conditions = CONDITIONS_BUDGET
        self._opened = self.project.opened
        if budget == BUDGET:
            self._provisional.clear()  # what was cut short for want of budget may be found out now
        self.exhausted = self.extended = False
        self._is_extensible = is_extensible

    def extend(self) -> bool:
        """Go on with EXTENSION, if the question may and has not yet."""
        if not self._is_extensible or self.extended:
            return False
        self._left, self._opened = EXTENSION, self.project.opened
        self.extended, self.exhausted = True, False
        return True

    @contextmanager
    def allowance(self, budget: int) -> Iterator[None]:
        """Answer a question on the side with a budget of its own."""
        left, opened, exhausted, is_extensible = self._left, self._opened, self.exhausted, self._is_extensible
        self._left, self._opened, self.exhausted, self._is_extensible = budget, self.project.opened, False, False
        try:
            yield
        finally:
            self._left, self._opened, self.exhausted = left, max(opened, self.project.opened), exhausted
            self._is_extensible = is_extensible

    def operand(self, node: ast.expr, frame: Frame) -> list[Found]:
        """What an operand of a condition can be; nothing if that isn't found out within CONDITION_BUDGET."""
        key = (node, frame.key)
        if key in self._undecided:
            return []
        known, outer, exhausted = len(self._provisional), self._cut, self.exhausted
        before, is_extensible = self._left, self._is_extensible
        allowed = self._left = min(before, CONDITION_BUDGET, self._for_conditions)
        self.exhausted = self._is_extensible = False
        try:
            found = self.values(node, frame)
            if not self.exhausted:
                return found
            if allowed == CONDITION_BUDGET:
                self._undecided.add(key)
            while len(self._provisional) > known:
                self._provisional.popitem()  # what was cut short for the condition's sake is no answer to others
            self._cut = outer
            return []
        finally:
            used = allowed - self._left
            self._for_conditions -= used
            self._left = before - min(used, CONDITION_SHARE)
            self.exhausted, self._is_extensible = exhausted, is_extensible

    @property
    def spent(self) -> bool:
        """True if the question has used up its budget: searches stop where they are."""
        if self._left - FILE_COST * (self.project.opened - self._opened) < 0:
            self.exhausted = True
        return self.exhausted

    @property
    def whole(self) -> bool:
        """True if nothing was left out for want of budget so far: what is found out may be remembered."""
        return not self.spent and not self.extended

    @property
    def level(self) -> int:
        """How many questions are open: what a question that may come back to itself is remembered with."""
        return len(self._active)

    def cut(self, level: int) -> None:
        """Note that an answer was left out because the question open at `level` is asked again inside itself.

        Answers given between the two are incomplete and are not remembered.
        """
        self._cut = min(self._cut, level)

    def once(self, key: tuple[object, ...], ask: Callable[[], list[Found]]) -> list[Found]:
        """The answer to a side question; nothing while it is being asked already, in code that comes back to itself."""
        known = self._asked.get(key)
        if known is not None:
            return known
        opened = self._asking.get(key)
        if opened is not None:
            self.cut(opened)
            return []
        self._asking[key] = self.level - 1
        outer, self._cut = self._cut, _UNCUT
        try:
            found = ask()
        finally:
            del self._asking[key]
        if self._cut == _UNCUT:
            self._asked[key] = found
        self._cut = min(outer, self._cut)
        return found

    def values(self, node: ast.expr, frame: Frame) -> list[Found]:
        """What `node` can be, seen from `frame`; at most MAX_VALUES, without repetitions."""
        key = (id(node), frame.key)
        known = self._memo.get(key)
        if known is not None:
            return known[1]
        provisional = self._provisional.get(key)
        if provisional is not None:
            self._cut = min(self._cut, provisional[2])
            return provisional[1]
        if key in self._active:
            self._cut = min(self._cut, self._active[key])
            return []
        self._left -= 1 + FILE_COST * (self.project.opened - self._opened)
        self._opened = self.project.opened
        if self._left < 0 or len(self._active) > MAX_DEPTH:
            self.exhausted = True
            self._cut = NEVER
            return [Found(Opaque("the walk was cut short here", node, frame))]
        level = self._active[key] = len(self._active)
        outer, self._cut = self._cut, _UNCUT
        found = distinct(self._evaluate(node, frame))
        del self._active[key]
        if self._cut >= level:
            # no question further out was cut on the way: the answer holds whoever asks
            self._memo[key] = (node, found)
            self._forget(level)
            self._cut = outer
        else:
            self._provisional[key] = (node, found, self._cut)
            self._cut = min(outer, self._cut)
        return found

    def _forget(self, level: int) -> None:
        """Drop the answers that were incomplete because of the question at `level`, which is answered now."""
        while self._provisional:
            key, entry = self._provisional.popitem()
            if entry[2] < level:
                # it depends on a question that is still open, as does everything remembered before it
                self._provisional[key] = entry
                return


def distinct(founds: list[Found]) -> list[Found]:
    """Without repeated values, cut at MAX_VALUES; data from outside is kept first."""
    seen: dict[tuple[object, ...], Found] = {}
    for found in founds:
        seen.setdefault(found.value.key, found)
    kept: list[Found] = list(seen.values())
    if len(kept) > MAX_VALUES:
        kept.sort(key=lambda found: not isinstance(found.value, (Outside, Instance)))
        kept = kept[:MAX_VALUES]
    return kept
