"""One run of the wire bench in, Markdown out."""

import itertools
import math
from collections.abc import Iterator, Sequence

from bench.machine import described
from bench.markdown import table
from bench.wire.drained import Drain
from bench.wire.results import BASE, OURS, Measured, Run, distinct
from bench.wire.targets import PATTERN, RIVAL, TRANSPORT, Target, draining, targets

CHOSEN = ("curve", "sealed")
SMALL, LARGE = ("control", "request", "outputs"), ("1 MB", "1 MB warm heap", "16 MB")
MANY = (1, 10, 100, 1_000)
"""Small messages for each large one."""


def report(run: Run) -> str:
    """The whole report."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    share = "" if run.share == 1 else f" A short run: {run.share:g} of the usual messages."
    said = (
        f"{described(run.machine)}; {versions}. {run.rounds} rounds in {run.seconds / 60:.0f} minutes; "
        f"{run.load:g} processes wanted a processor when it began.{share}"
    )
    asked = targets(run)
    pictures = "\n".join(
        f"![{pattern}: throughput beside {BASE}](results/{picture(pattern)})" for pattern in patterns(run)
    )
    parts = [said, pictures, standing(asked), losses(run), choice(run)]
    parts += [
        f"**{pattern} over {transport}**\n\n{place(run, pattern, transport)}" for pattern, transport in run.places()
    ]
    return "\n\n".join(part for part in parts if part)


def patterns(run: Run) -> list[str]:
    """Patterns that were measured, in order."""
    return distinct(pattern for pattern, _ in run.places())


def picture(pattern: str) -> str:
    """Name of the file with a pattern's picture."""
    return f"wire-{pattern.lower().replace('/', '-')}.svg"


def standing(asked: Sequence[Target]) -> str:
    """What is asked for beside what was measured."""
    if not asked:
        return ""
    messages = distinct(target.message for target in asked)
    rows = []
    for name in distinct(target.name for target in asked):
        of = {target.message: target for target in asked if target.name == name}
        cells = [of.get(message) for message in messages]
        rows.append([name, *(f"{each.measured:.2f}{_noted(each)}" if each else "-" for each in cells)])
        rows.append(["asked", *(f"≥ {each.asked:.1f}" if each else "-" for each in cells)])
        rows.append(["reached", *(_reached(each) if each else "-" for each in cells)])
    reached = sum(target.is_reached for target in asked)
    return (
        f"**What is asked for**, of {PATTERN} over {TRANSPORT}: {reached} of {len(asked)} reached. Each mode is told "
        f"as its ratio to {BASE}, the better of both as its ratio to {RIVAL}.\n\n{table(('', *messages), rows)}"
    )


def losses(run: Run) -> str:
    """Where a mode is slower than send_pyobj, in every pattern."""
    lines = []
    for pattern, transport in run.places():
        slower = [
            f"{mode} {message} {ratio:.2f}"
            for mode in OURS
            for message in run.messages()
            if (ratio := run.ratio(pattern, transport, message, mode)) is not None and round(ratio, 2) < 1
        ]
        lines.append(f"- {pattern} over {transport}: {', '.join(slower) or 'nowhere'}.")
    return f"**Slower than {BASE}**, of our modes:\n\n" + "\n".join(lines) if lines else ""


def choice(run: Run) -> str:
    """What a mode could bring that gives each message to the quicker of two modes, without a cost of its own."""

    def us(message: str, mode: str) -> float:
        found = run.find(PATTERN, TRANSPORT, message, mode)
        return 1e6 / found.per_s if found else math.inf

    rows = []
    for small, large in itertools.product(SMALL, LARGE):
        whole = {mode: (us(small, mode), us(large, mode)) for mode in CHOSEN}
        if math.isinf(sum(map(sum, whole.values()))):
            continue
        quickest = [min(column) for column in zip(*whole.values(), strict=True)]
        gains = []
        for many in MANY:
            better = min(many * one + other for one, other in whole.values())
            gains.append(f"{better / (many * quickest[0] + quickest[1]):.2f}")
        rows.append((f"{small}, and one of {large}", *gains))
    if not rows:
        return ""
    return (
        f"**Choosing by size**: a mode that gave each message of a mixture to the quicker of {' and '.join(CHOSEN)} "
        f"at no cost, beside the better one for all of them, by the rates of {PATTERN} over {TRANSPORT}. For messages "
        "of one class it is that mode, 1.00.\n\n"
        + table(("for one large message", *(f"{many:,} small" for many in MANY)), rows)
    )


def place(run: Run, pattern: str, transport: str) -> str:
    """One pattern over one transport: three rows a class of messages."""
    names = [way for way in run.ways() if any(run.find(pattern, transport, each, way) for each in run.messages())]
    return table(
        ("", *names), (row for message in run.messages() for row in _rows(run, (pattern, transport, message), names))
    )


def _rows(run: Run, where: tuple[str, str, str], names: Sequence[str]) -> Iterator[list[str]]:
    base = run.find(*where, BASE)
    if base is None:
        return
    found = [run.find(*where, name) for name in names]
    message = where[2]
    yield [f"**{message}**, to {base.per_s:,.0f}/s", *(_spread(one, base) if one else "-" for one in found)]
    yield [f"{message}, processor µs", *(_us(one.cpu) if one else "-" for one in found)]
    yield [f"{message}, p50 / p99 µs", *(f"{_us(one.p50_us)} / {_us(one.p99_us)}" if one else "-" for one in found)]


def drains(drain: Drain) -> str:
    """What one asyncio task takes."""
    target = draining(drain)
    rows = (
        (
            one.call,
            "plain pyzmq" if one.way == BASE else one.way,
            one.transport,
            f"{one.per_s:,.0f} ({min(one.rates):,.0f}-{max(one.rates):,.0f})",
        )
        for one in drain.drained
    )
    return (
        f"{described(drain.machine)}; {drain.messages:,} control messages wait in each round.\n\n"
        f"{table(('in one task', 'mode', 'transport', 'messages a second'), rows)}\n\n"
        f"Asked: {target.asked:,.0f}/s. Measured: {target.measured:,.0f}/s ({target.note}). "
        f"Reached: {_reached(target)}."
    )


def _noted(target: Target) -> str:
    return f" ({target.note})" if target.note else ""


def _reached(target: Target) -> str:
    return "yes" if target.is_reached else "**no**"


def _spread(one: Measured, base: Measured) -> str:
    if one.way == BASE:
        return "1"
    ratios = one.ratios(base)
    return f"{one.ratio(base):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _us(microseconds: float) -> str:
    return f"{microseconds:,.1f}" if microseconds < 100 else f"{microseconds:,.0f}"
