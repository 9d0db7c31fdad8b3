"""The ablation's answers -> how many labelled copies each choice finds, and what it calls a copy beside them."""

from collections.abc import Callable, Iterator, Sequence

from bench.lineage.ablation import SHARED, WAYS, Answer, Best, Way
from bench.lineage.results import Choice
from gnomon.trace.hashing import RUN

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LOADING = (0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
"""Thresholds where both deserialize."""
OTHER = (0.4, 0.5, 0.6, 0.7)
"""Thresholds elsewhere."""
NAMED = Way("named", RUN)

Test = Callable[[Best], bool]


def choices(copies: Sequence[Answer], unrelated: Sequence[Answer], counted: frozenset[str]) -> Iterator[Choice]:
    """One answer a threshold and way; `counted` are the edges that are searched for."""
    counting = _Counting(copies, unrelated, counted)
    for way in WAYS:
        label = f"{way.tokens}, runs of {way.run}"
        for at in THRESHOLDS:
            yield counting.choice("tokens and runs", label, f"{at}", way, lambda best, at=at: best.containment >= at)
    measures: tuple[tuple[str, Callable[[Best], float]], ...] = (
        ("all functions, containment", lambda best: best.containment),
        ("all functions, Jaccard", lambda best: best.jaccard),
        ("functions with a load, containment", lambda best: best.loading),
        *((f"functions sharing {least}, containment", _much(number)) for number, least in enumerate(SHARED)),
    )
    for label, measure in measures:
        for at in THRESHOLDS:
            yield counting.choice("measures", label, f"{at}", NAMED, lambda best, at=at, m=measure: m(best) >= at)
    for number, least in enumerate(SHARED):
        for other in OTHER:
            for loading in LOADING:
                yield counting.choice(
                    "thresholds",
                    f"others {other}, sharing {least}",
                    f"{loading}",
                    NAMED,
                    lambda best, n=number, o=other, lo=loading: best.loading >= lo or best.much[n] >= o,
                )


class _Counting:
    """The answers, by way."""

    def __init__(self, copies: Sequence[Answer], unrelated: Sequence[Answer], counted: frozenset[str]) -> None:
        self._counted = counted
        self._labelled = {way: [each for one in copies for each in one.labelled if each[1].way == way] for way in WAYS}
        self._others = {way: [each for one in copies for each in one.others if each[1].way == way] for way in WAYS}
        self._foreign = {way: [each for one in unrelated for each in one.others if each[1].way == way] for way in WAYS}

    def choice(self, table: str, label: str, at: str, way: Way, test: Test) -> Choice:
        """What passes the test."""
        return Choice(
            table=table,
            way=label,
            at=at,
            found=len({edge for edge, best in self._labelled[way] if edge in self._counted and test(best)}),
            of=len(self._counted),
            other_name=len({key for key, best in self._others[way] if test(best)}),
            unrelated=len({key for key, best in self._foreign[way] if test(best)}),
        )


def _much(number: int) -> Callable[[Best], float]:
    return lambda best: best.much[number]
