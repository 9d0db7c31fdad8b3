"""The tables of the bench on real modules say what was seen."""

from bench.guard import real_results
from bench.guard.real_cases import CASES
from bench.guard.real_ground import PROGRAMS
from bench.guard.real_results import Held, Refusal, Row, Run
from bench.machine import this_machine

REFUSAL = Refusal(event="dropped", module="marker", name="touch", site="a/b.py:f", peer="127.0.0.1", sha256="ab" * 32)
HELD = Held(
    outcome="as learned",
    attack="as a worker's result",
    fired=False,
    refusals=(REFUSAL,),
    asked=10,
    right_before=10,
    right_after=9,
    told="BrokenProcessPool",
    afterwards="serves on",
    longest_pause_ms=12,
    processes=3,
    covered=3,
)
RUN = Run(
    machine=this_machine(),
    versions={"pyzmq": "27"},
    seconds=7.0,
    rows=(
        Row(program="A", releases=(), way="tcp", stubbed="", control_fired=True, sites=2, names=5, held=(HELD,)),
        Row(program="B", releases=(), way="pipes", stubbed="", skipped="torch is not installed"),
    ),
)


def test_what_was_held_is_in_the_tables():
    """Each attack has a row with its outcome, and each first event a line with name, site, peer and digest."""
    text = real_results.report(RUN)

    assert "| A | tcp | nothing | yes | 2 | 5 | 0 | more |" in text
    assert "| A: as a worker's result | as learned | no | 1 | 10/10 | 9/10 | serves on; " in text
    assert "sees BrokenProcessPool; its event loop pauses 12 ms at most | 3/3 |" in text
    assert "`dropped` marker.touch at `a/b.py:f` from 127.0.0.1, SHA-256 abababababab" in text


def test_what_was_skipped_is_shown_as_skipped():
    """A program that can't be run here is in the first table, with the reason, and nowhere else."""
    text = real_results.report(RUN)

    assert "| B | pipes | nothing | skipped: torch is not installed | - | - | - | - |" in text
    assert text.count("| B") == 1


def test_a_kept_run_is_read_back(tmp_path):
    """Writing and reading give the same run."""
    path = tmp_path / "run.json"
    real_results.write(RUN, path)

    assert real_results.read(path) == RUN


def test_each_case_has_its_program():
    """No case names a program that isn't there, and no program is left over."""
    programs = {path.name for path in PROGRAMS.glob("*.py")} - {"marker.py", "talk.py"}

    assert {case.program for case in CASES} == programs
