"""What guard costs is measured against the plain program of the same round, and each case has its row."""

import sys
from pathlib import Path

from bench.guard.overhead import LOADS, STARTS, TRIPS, _told
from bench.guard.overhead_results import PLAIN, Run, report
from bench.guard.turns import Program
from bench.machine import this_machine

ROOT = str(Path(__file__).parents[3])


def test_a_ratio_is_that_of_one_round():
    """A round in which the machine was twice as slow for both changes no ratio."""
    found = _told("loads: small dict", "guard", [1.1, 2.2, 1.1], [1.0, 2.0, 1.0])

    assert (found.more_percent, found.from_percent, found.to_percent) == (10.0, 10.0, 10.0)


def test_the_report_has_a_row_for_each_case_and_a_column_for_each_way():
    """Loads are told in percent with their range, starts in milliseconds, the plain program in time."""
    times = ("guard", [1_100.0, 1_100.0]), (PLAIN, [1_000.0, 1_000.0])
    measured = tuple(
        _told(case, way, took, times[1][1]) for case in (LOADS[0], STARTS[0]) for way, took in reversed(times)
    )
    run = Run(machine=this_machine(), versions={"numpy": "2"}, load=0.5, rounds=2, measured=measured)

    text = report(run)

    assert "| case | plain | guard |" in text
    assert "| loads: small dict | 1,000.0 µs | +10.0 % (+10 … +10) |" in text
    assert "| python -c 'pass' | 1.0 ms | +0.1 ms |" in text


def test_no_case_is_called_like_another():
    """Policies, turns and rows know cases by their names."""
    names = (*LOADS, *TRIPS, *STARTS)

    assert len(set(names)) == len(names)


def test_a_program_answers_until_its_input_ends(tmp_path):
    """Each line is one turn, and each turn one figure, in microseconds."""
    program = tmp_path / "program.py"
    program.write_text(
        f"import sys\nsys.path.insert(0, {ROOT!r})\n"
        "from time import process_time_ns\nfrom bench.guard.turns import answer\n"
        "answer({'nothing': lambda count: None}, process_time_ns)\n",
        encoding="utf-8",
    )
    running = Program([sys.executable, program], tmp_path)

    figures = [running.turn("nothing", 10), running.turn("nothing", 1)]
    running.end()

    assert all(figure >= 0 for figure in figures)
