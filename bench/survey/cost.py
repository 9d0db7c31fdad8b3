"""What larger surveys would cost: measured means, times how much there is, at prices that are assumed."""

from collections.abc import Iterator

from msgspec import Struct

from bench.markdown import table
from bench.survey.results import COMMITTED, Run, read

__all__ = ["COMMITTED", "read", "report"]

CORE_HOUR_DOLLARS = 0.04
"""Assumed: a core of a rented machine, as common in 2026 at list prices."""
MONTH_GB_DOLLARS = 0.02
"""Assumed: a gigabyte of object storage for a month."""
CORES = 64
"""Of the cluster whose wall-clock time is told."""
LINK_BYTES_S = 125e6
"""Its line: one gigabit a second."""
_TB, _GB, _DAY = 1e12, 1e9, 86_400


class Amount(Struct, frozen=True):
    """How much there would be to look at."""

    what: str
    targets: float | None
    """None: it is told by its text alone."""
    text_bytes: float | None = None
    """None: as in the measured releases."""


AMOUNTS = (
    Amount("10,000 releases", 1e4),
    Amount("1,000,000 releases", 1e6),
    Amount("a forge, each distinct file once: 7 TB of Python", None, 7e12),
    Amount("the same without near copies: 3 TB", None, 3e12),
)
"""The Stack v2, of Software Heritage's archive, is 67.5 TB in more than 600 languages, 32.1 TB without near copies (its
own page); that a tenth of it is Python is an assumption."""


def report(run: Run) -> str:
    """The table, and what it rests on."""
    head = ("", "fetched", "text read", "core hours", f"{CORES} cores", "line of 1 Gbit/s", "answers", "dollars")
    done = [target for target in run.targets if target.status != "failed"]
    said = (
        f"From {len(done)} releases: a core reads {_rate(run) / 1e6:.1f} MB of text a second, a release has "
        f"{_mean(run, 'bytes') / 1e6:.1f} MB of it, {_mean(run, 'fetched_bytes') / 1e6:.1f} MB are fetched for it and "
        f"{run.output_bytes / len(run.targets) / 1e3:,.0f} KB kept. Assumed: {CORE_HOUR_DOLLARS} dollars a core and "
        f"hour, {MONTH_GB_DOLLARS} dollars a gigabyte and month for what is kept, nothing for what comes in."
    )
    return f"{table(head, _rows(run))}\n\n{said}"


def _rows(run: Run) -> Iterator[tuple[str, ...]]:
    for amount in AMOUNTS:
        text = amount.text_bytes or (amount.targets or 0) * _mean(run, "bytes")
        fetched = text if amount.targets is None else amount.targets * _mean(run, "fetched_bytes")
        kept = text / _mean(run, "bytes") * run.output_bytes / len(run.targets)
        hours = text / _rate(run) / 3600
        dollars = hours * CORE_HOUR_DOLLARS + kept / _GB * MONTH_GB_DOLLARS
        yield (
            amount.what,
            _size(fetched),
            _size(text),
            f"{hours:,.0f}" if hours >= 10 else f"{hours:.1f}",
            _time(hours * 3600 / CORES),
            _time(fetched / LINK_BYTES_S),
            _size(kept),
            f"{dollars:,.0f}" if dollars >= 10 else f"{dollars:.2f}",
        )


def _rate(run: Run) -> float:
    """Bytes of text a core and second: of all together, so that large releases count for what they are."""
    return sum(target.bytes for target in run.targets) / sum(target.cpu_seconds for target in run.targets)


def _mean(run: Run, name: str) -> float:
    return sum(getattr(target, name) for target in run.targets) / len(run.targets)


def _size(size: float) -> str:
    unit, factor = ("TB", _TB) if size >= _TB else ("GB", _GB)
    return f"{size / factor:,.1f} {unit}" if size < 10 * factor else f"{size / factor:,.0f} {unit}"


def _time(seconds: float) -> str:
    for limit, factor, unit in ((120, 1, "s"), (7200, 60, "min"), (2 * _DAY, 3600, "h")):
        if seconds < limit:
            return f"{seconds / factor:,.0f} {unit}"
    return f"{seconds / _DAY:,.0f} days"
