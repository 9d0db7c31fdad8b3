"""What is asked of wire, held against what was measured: whether it is reached is computed, never written down."""

from collections.abc import Iterator

from msgspec import Struct

from bench.wire.drained import Drain
from bench.wire.messages import class_of
from bench.wire.results import Run

PATTERN, TRANSPORT = "PUSH/PULL", "tcp"
"""Where the ratios are asked for."""
RIVAL = "pickle + HMAC"
MODES = ("curve", "sealed")
TIMES_SEND_PYOBJ: dict[str, dict[str, float]] = {
    "curve": {"control": 1.0, "request": 1.1, "outputs": 1.6, "1 MB": 0.8, "16 MB": 1.3, "small arrays": 1.3},
    "sealed": {"control": 0.5, "request": 1.0, "outputs": 1.6, "1 MB": 1.4, "16 MB": 3.0, "small arrays": 1.2},
}
TIMES_RIVAL = 1.5
"""The better mode, for every class."""
DRAINED_PER_S = 400_000
"""Control messages, by one asyncio task, in the mode and by the call that does best."""


class Target(Struct, frozen=True, kw_only=True):
    """Something that was asked for, and what came of it."""

    name: str
    """Whose figure it is."""
    message: str
    asked: float
    measured: float
    note: str = ""
    """Which mode it was, where the better one counts."""

    @property
    def is_reached(self) -> bool:
        """At least what was asked, in the two digits that are shown."""
        return round(self.measured, 2) >= self.asked


def targets(run: Run) -> tuple[Target, ...]:
    """The ratios that are asked for, of what the run has: each mode's, then the better mode's."""
    return (*(each for mode in MODES for each in _to_send_pyobj(run, mode)), *_to_rival(run))


def _to_send_pyobj(run: Run, mode: str) -> Iterator[Target]:
    for message in run.messages():
        # A heap that keeps its memory is asked the same, and a type of another form.
        asked = TIMES_SEND_PYOBJ[mode].get(class_of(message))
        measured = run.ratio(PATTERN, TRANSPORT, message, mode)
        if asked is not None and measured is not None:
            yield Target(name=mode, message=message, asked=asked, measured=measured)


def _to_rival(run: Run) -> Iterator[Target]:
    for message in run.messages():
        ratios = {mode: run.ratio(PATTERN, TRANSPORT, message, mode, to=RIVAL) for mode in MODES}
        found = {mode: ratio for mode, ratio in ratios.items() if ratio is not None}
        if found:
            best = max(found, key=found.__getitem__)
            yield Target(
                name=f"the better, to {RIVAL}", message=message, asked=TIMES_RIVAL, measured=found[best], note=best
            )


def draining(drain: Drain) -> Target:
    """What one asyncio task takes at best."""
    best = max((one for one in drain.drained if one.way != "send_pyobj"), key=lambda one: one.per_s)
    return Target(
        name="asyncio, one task",
        message="control",
        asked=DRAINED_PER_S,
        measured=best.per_s,
        note=f"{best.way}, {best.call}",
    )
