"""One run over the hostile inputs in, Markdown out."""

from collections.abc import Callable, Sequence

from bench.hostile.results import MAX_PEAK_MB, Hostile, Outcome
from bench.machine import described
from bench.markdown import table

KINDS = ("parse", "bytes", "size", "file system", "archives", "trust")
_CHECKS: tuple[tuple[str, Callable[[Outcome], bool]], ...] = (
    ("ends in time", lambda one: one.ended),
    ("reports the neighbour", lambda one: one.reported),
    ("nothing silent", lambda one: not one.silent),
    ("stays inside", lambda one: not one.outside),
    (f"within {MAX_PEAK_MB:,} MB", lambda one: one.peak_mb <= MAX_PEAK_MB),
    ("harmless to a terminal", lambda one: one.harmless),
)


def report(run: Hostile) -> str:
    """The whole report."""
    versions = ", ".join(f"{tool} {version}" for tool, version in run.versions.items())
    by_tool: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        by_tool.setdefault(outcome.tool, []).append(outcome)
    parts = [f"{described(run.machine)}; {run.tool}, {versions}.", survivals(by_tool), checks(by_tool), lost(by_tool)]
    return "\n\n".join(parts)


def survivals(by_tool: dict[str, list[Outcome]]) -> str:
    """How many inputs each tool survives, by class."""
    rows = (
        (
            tool,
            _share(own, lambda one: one.survived),
            *(_share([one for one in own if one.kind == kind], lambda one: one.survived) for kind in KINDS),
        )
        for tool, own in by_tool.items()
    )
    return table(("survived", "all", *KINDS), rows)


def checks(by_tool: dict[str, list[Outcome]]) -> str:
    """How often each thing that is asked was given, and the most memory and time an input took."""
    head = ("tool", *(name for name, _ in _CHECKS), "peak MB", "longest s")
    rows = (
        (
            tool,
            *(_share(own, check) for _, check in _CHECKS),
            f"{max(one.peak_mb for one in own):.0f}",
            f"{max(one.seconds for one in own):.1f}",
        )
        for tool, own in by_tool.items()
    )
    return table(head, rows)


def lost(by_tool: dict[str, list[Outcome]]) -> str:
    """The inputs that each tool did not survive."""
    lines = (
        f"- {tool} loses: {', '.join(one.case for one in own if not one.survived) or 'none'}."
        for tool, own in by_tool.items()
    )
    return "\n".join(lines)


def _share(own: Sequence[Outcome], check: Callable[[Outcome], bool]) -> str:
    return f"{sum(map(check, own))}/{len(own)}"
