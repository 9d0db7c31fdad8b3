"""One run's measurements in, Markdown out."""

from collections.abc import Sequence

from bench.machine import described
from bench.markdown import table
from bench.speed.measure import Costs
from bench.speed.results import Point, Speed, TreeCosts

SHOWN_POINTS = 16


def report(run: Speed) -> str:
    """The whole report."""
    versions = ", ".join(f"{tool} {version}" for tool, version in run.versions.items())
    parts = [
        f"{described(run.machine)}; {run.tool}, {versions}; {run.published_rules} published rules.",
        f"Median of {run.repetitions} turns (smallest-largest); ratios are to gnomon.",
        *(f"{tree.name}: {tree.files:,} files, {tree.lines:,} lines\n\n{costs(tree)}" for tree in run.trees),
        starts(run.start),
        curve(run.curve),
    ]
    return "\n\n".join(part for part in parts if part)


def costs(tree: TreeCosts) -> str:
    """One row a tool."""
    head = ("tool", "wall s", "ratio", "processor s", "ratio", "peak MB", "ratio")
    first = tree.tools[0]
    rows = (
        (
            one.name,
            *(
                cell
                for field, digits in (("wall_s", 2), ("cpu_s", 2), ("peak_mb", 0))
                for cell in (_spread(one, field, digits), f"{one.median(field) / first.median(field):.1f}")
            ),
        )
        for one in tree.tools
    )
    return table(head, rows)


def starts(commands: Sequence[Costs]) -> str:
    """What starting costs."""
    return table(("command", "wall s", "peak MB"), ((one.name, *_start_cells(one)) for one in commands))


def curve(points: Sequence[Point]) -> str:
    """A choice of points over the whole range, and the plane that fits all of them best."""
    if not points:
        return ""
    ordered = sorted(points, key=lambda point: point.lines)
    step = max(1, len(ordered) / SHOWN_POINTS)
    shown = [ordered[int(index * step)] for index in range(min(SHOWN_POINTS, len(ordered)))]
    if ordered[-1] not in shown:
        shown.append(ordered[-1])
    head = ("release", "files", "lines", "deserializer calls", "wall s", "peak MB")
    rows = (
        (one.release, f"{one.files:,}", f"{one.lines:,}", one.sinks, f"{one.wall_s:.2f}", f"{one.peak_mb:.0f}")
        for one in shown
    )
    text = table(head, rows)
    if len(ordered) < 4:
        return text
    start, per_line, per_sink = plane([(point.lines, point.sinks, point.wall_s) for point in ordered])
    return (
        f"{text}\n\nLeast squares over all {len(ordered)} releases: wall = {start:.2f} s "
        f"+ {per_line * 1e6:.2f} s per million lines + {per_sink * 1e3:.1f} ms per deserializer call."
    )


def plane(points: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """(a, b, c) of z = a + b·x + c·y with the least squares over (x, y, z)."""
    count = len(points)
    mean_x, mean_y, mean_z = (sum(point[axis] for point in points) / count for axis in range(3))
    xx = sum((x - mean_x) ** 2 for x, _, _ in points)
    yy = sum((y - mean_y) ** 2 for _, y, _ in points)
    xy = sum((x - mean_x) * (y - mean_y) for x, y, _ in points)
    xz = sum((x - mean_x) * (z - mean_z) for x, _, z in points)
    yz = sum((y - mean_y) * (z - mean_z) for _, y, z in points)
    determinant = xx * yy - xy * xy
    if not determinant:
        return mean_z, 0.0, 0.0
    b, c = (xz * yy - yz * xy) / determinant, (yz * xx - xz * xy) / determinant
    return mean_z - b * mean_x - c * mean_y, b, c


def _start_cells(one: Costs) -> tuple[str, str]:
    return _spread(one, "wall_s", 3), _spread(one, "peak_mb", 0)


def _spread(one: Costs, field: str, digits: int) -> str:
    low, high = one.span(field)
    return f"{one.median(field):.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"
