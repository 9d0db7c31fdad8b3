"""Costs are those of the command itself."""

import sys

import pytest

from bench.speed.measure import Cost, Costs, cost, interleaved


def test_a_command_costs_time_and_memory(tmp_path):
    """A child that works and allocates is measured with its processor time, its memory and its exit code."""
    busy = "data = bytearray(60_000_000); sum(range(2_000_000)); raise SystemExit(1)"
    measured = cost([sys.executable, "-c", busy], tmp_path)

    assert measured.exit_code == 1
    assert measured.wall_s >= 0.01
    assert measured.cpu_s >= 0.01
    assert 60 < measured.peak_mb < 120


def test_the_measuring_process_does_not_count(tmp_path):
    """A tiny command's memory is its own, however large the process that measures it."""
    ballast = bytearray(150_000_000)

    assert cost(["true"], tmp_path).peak_mb < 50
    assert len(ballast) == 150_000_000


def test_a_failure_is_no_fast_run(tmp_path):
    """A command that ends without a report is an error, not a figure."""
    with pytest.raises(RuntimeError, match="exit code 2"):
        cost([sys.executable, "-c", "raise SystemExit(2)"], tmp_path)


def test_commands_take_turns(tmp_path):
    """Each command runs once uncounted and then once a turn, alternating."""
    log = tmp_path / "log"
    commands = {name: ["sh", "-c", f"printf {name} >> {log}"] for name in ("a", "b")}
    costs = interleaved(commands, tmp_path, repetitions=2)

    assert log.read_text() == "ababab"
    assert [(one.name, len(one.runs)) for one in costs] == [("a", 2), ("b", 2)]


def test_medians_and_spans():
    """The median is robust, the span shows the worst."""
    runs = tuple(Cost(wall_s=wall, cpu_s=1, peak_mb=1, exit_code=0) for wall in (3.0, 1.0, 100.0))
    costs = Costs(name="tool", runs=runs)

    assert costs.median("wall_s") == 3.0
    assert costs.span("wall_s") == (1.0, 100.0)
