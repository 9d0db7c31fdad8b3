"""One run of the survey bench in, Markdown out: what it took, how that grows with size, and what is publicly known."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import mean, median

from bench.machine import described
from bench.markdown import share, table
from bench.survey.results import Run, Target

_EDGES = (0.0, 0.1e6, 0.3e6, 1e6, 3e6, 10e6, math.inf)
"""Bytes of text that divide the targets."""
_TB, _GB, _MB = 1e12, 1e9, 1e6


def report(run: Run) -> str:
    """The whole report."""
    return "\n\n".join((_head(run), _totals(run), _curve(run), growth(run), _packages(run)))


def _head(run: Run) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return f"{described(run.machine)}; {versions}; {run.workers} workers, an empty cache, killed with -9 once."


def _totals(run: Run) -> str:
    done = [target for target in run.targets if target.status != "failed"]
    cpu = sum(target.cpu_seconds for target in run.targets)
    size = sum(target.bytes for target in run.targets)
    kill = run.kill
    return table(
        ("the survey", ""),
        (
            ("targets, of them read", f"{len(run.targets)}, {len(done)}"),
            ("Python and deployment files read", f"{size / _MB:,.0f} MB, {_lines(run) / 1e6:,.1f} M lines"),
            ("fetched", f"{sum(target.fetched_bytes for target in run.targets) / _MB:,.0f} MB"),
            ("wall-clock time, of it tables and page", f"{run.seconds:,.0f} s, {run.tables_s:,.0f} s"),
            ("processor time of the targets", f"{cpu:,.0f} s"),
            ("a core and hour", f"{3600 * len(done) / cpu:,.0f} targets, {3600 * size / cpu / _GB:,.1f} GB of text"),
            ("most memory: all processes, the driver", f"{_megabytes(run.peak_bytes, run.driver_peak_bytes)}"),
            ("most memory of one target", f"{max(t.peak_bytes for t in run.targets) / _MB:,.0f} MB"),
            ("most room taken by downloads", f"{run.downloads_peak_bytes / _MB:,.0f} MB"),
            ("the folder in the end", f"{run.output_bytes / _MB:,.1f} MB"),
            ("finished when killed; of these changed or done twice", f"{kill.finished}; {kill.changed + kill.twice}"),
            ("processes that outlived the kill", kill.left),
        ),
    )


def _curve(run: Run) -> str:
    head = ("text of a target", "targets", "processor, middle", "most", "a MB, middle", "memory, middle", "most")
    return table(head, _bins(run.targets))


def _bins(targets: Sequence[Target]) -> Iterator[tuple[str, ...]]:
    for low, high in pairwise(_EDGES):
        members = [each for each in targets if low <= each.bytes < high and each.cpu_seconds > 0 and each.bytes]
        if not members:
            continue
        upper = f"below {high / _MB:g} MB" if high < math.inf else f"{low / _MB:g} MB and more"
        cpu = [each.cpu_seconds for each in members]
        memory = [each.peak_bytes / _MB for each in members]
        rate = median(each.cpu_seconds / (each.bytes / _MB) for each in members)
        yield (
            upper, f"{len(members)}", f"{median(cpu):.2f} s", f"{max(cpu):.1f} s", f"{rate:.2f} s",
            f"{median(memory):,.0f} MB", f"{max(memory):,.0f} MB",
        )  # fmt: skip


def exponent(targets: Sequence[Target]) -> float:
    """The b of time = a * size ** b, by least squares of the logarithms, for targets of 0.1 MB and more."""
    points = [
        (math.log(each.bytes), math.log(each.cpu_seconds))
        for each in targets
        if each.bytes >= _EDGES[1] and each.cpu_seconds
    ]
    middle_x, middle_y = mean(x for x, _ in points), mean(y for _, y in points)
    across = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return across / sum((x - middle_x) ** 2 for x, _ in points)


def growth(run: Run) -> str:
    """The curve in a sentence."""
    large = [each for each in run.targets if each.bytes >= _EDGES[1]]
    return (
        f"Processor time grows as size to the power of {exponent(run.targets):.2f} "
        f"({len(large)} targets of {_EDGES[1] / _MB:g} MB and more)."
    )


def _packages(run: Run) -> str:
    head = ("package", "releases", "with the flawed code", "newest of them", "the newest is", "publicly known")
    rows = (
        (
            package.name,
            package.releases,
            share(package.flawed, package.releases),
            package.newest,
            package.state,
            ", ".join(package.advisories),
        )
        for package in run.packages
    )
    others = f"Of {run.without} other packages no flaw is publicly known; what was found in them is not told here."
    return f"{table(head, rows)}\n\n{others}"


def _lines(run: Run) -> int:
    return sum(target.lines for target in run.targets)


def _megabytes(*sizes: int) -> str:
    return ", ".join(f"{size / _MB:,.0f} MB" for size in sizes)
