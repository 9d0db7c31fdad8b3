"""The speed tables say what was measured."""

import pytest

from bench.speed.measure import Cost, Costs
from bench.speed.results import Point, TreeCosts
from bench.speed.tables import costs, curve, plane


def _costs(name: str, wall: float) -> Costs:
    return Costs(name=name, runs=(Cost(wall_s=wall, cpu_s=wall, peak_mb=50, exit_code=0),))


def test_ratios_are_to_the_first_tool():
    """Each row shows how many times the first tool's cost it needs."""
    tree = TreeCosts(name="toy", files=1, lines=1, tools=(_costs("gnomon", 0.5), _costs("slow", 10.0)))

    assert costs(tree).splitlines()[-1] == (
        "| slow | 10.00 (10.00-10.00) | 20.0 | 10.00 (10.00-10.00) | 20.0 | 50 (50-50) | 1.0 |"
    )


def test_the_plane_that_made_the_points_is_found():
    """Least squares recovers the costs per line and per call of points that lie on a plane."""
    points = [(x, y, 0.1 + 2 * x + 3 * y) for x, y in ((0, 0), (1, 5), (2, 1), (4, 4))]

    assert plane(points) == pytest.approx((0.1, 2, 3))


def test_the_curve_shows_the_largest_release():
    """However many releases there are, the smallest and the largest are among those shown."""
    points = [
        Point(release=f"toy {size}", files=1, lines=size, sinks=size % 7, wall_s=size / 10, peak_mb=1)
        for size in range(1, 60)
    ]

    assert "| toy 1 |" in curve(points)
    assert "| toy 59 |" in curve(points)
