"""What `gnomon guard status` says of the processes of a run."""

import os
import signal

import pytest

from gnomon.guard.delivery import settings, status

READY = "print('ready', flush=True); input()"


def test_a_covered_process_says_mode_and_digest(house):
    """A covered process is listed with what it enforces."""
    house.start(house.python, "-c", READY).stdout.readline()

    (row,) = house.rows()

    assert (row.verdict, row.mode, row.digest) == ("covered", "enforce", "sha256:0123")
    assert row.argv == (house.python, "-c", READY)


@pytest.mark.parametrize("flags", [["-S"], ["-I", "-S"]])
def test_python_without_site_is_an_escape(house, flags):
    """`python -S` reads neither `.pth` nor sitecustomize: it is listed as escaped, beside its covered parent."""
    child = f"import subprocess; subprocess.run([{house.python!r}, *{flags}, '-c', {READY!r}])"
    house.start(house.python, "-c", child).stdout.readline()

    assert house.verdicts() == ["covered", "escaped"]


def test_an_isolated_child_of_another_environment_is_an_escape(house):
    """Guard was not put into that environment, and -I ignores PYTHONPATH: listed as escaped."""
    child = f"import subprocess; subprocess.run([{house.other_python!r}, '-I', '-c', {READY!r}])"
    house.start(house.python, "-c", child).stdout.readline()

    assert house.verdicts() == ["covered", "escaped"]


def test_what_a_covered_process_turns_into_counts(house):
    """A covered process that execs `python -S` keeps its number and start time, and is listed as escaped."""
    turn = f"import os; os.execv({house.python!r}, [{house.python!r}, '-S', '-c', {READY!r}])"
    house.start(house.python, "-c", turn).stdout.readline()

    assert house.verdicts() == ["escaped"]


def test_other_programs_are_no_python(house):
    """A shell between two Pythons is listed as what it is."""
    house.start("sh", "-c", f"'{house.python}' -c \"{READY}\"; true").stdout.readline()

    assert house.verdicts() == ["not-python", "covered"]


def test_forked_children_are_covered(house):
    """A fork is covered as its parent is, also after it has closed all files that it did not open."""
    fork = f"import os\nif os.fork() == 0:\n    os.closerange(3, 1000)\n    {READY}\nelse:\n    os.wait()"
    house.start(house.python, "-c", fork).stdout.readline()

    assert house.verdicts() == ["covered", "covered"]


def test_a_daemon_is_listed(house):
    """A process that left the tree by a double fork still belongs to the run."""
    _until_daemon(house, "print('ready', flush=True)")

    rows = house.rows()

    assert [row.verdict for row in rows] == ["covered", "covered"]
    assert {row.parent for row in rows} & {row.pid for row in rows} == set()
    os.kill(rows[1].pid, signal.SIGKILL)


def test_a_daemons_bare_child_is_covered_or_an_escape(house):
    """Also a daemon's child without environment is reached, and with -S listed as escaped."""
    start = "subprocess.Popen([{!r}, '{}', 'import time; time.sleep(60)'], env={{}})"
    both = [start.format(house.python, flags) for flags in ("-Ic", "-Sc")]
    starts = f"import subprocess; kept = [{', '.join(both)}]; print('ready', flush=True)"
    _until_daemon(house, starts)

    rows = house.rows()

    assert sorted(row.verdict for row in rows) == ["covered", "covered", "covered", "escaped"]
    for row in rows[1:]:
        os.kill(row.pid, signal.SIGKILL)


def test_the_text_names_runs_verdicts_and_escapes(house):
    """The page has a line for each process, says what an escape is, and hands nothing to the terminal."""
    child = f"import subprocess; subprocess.run(['\\x1b[31m\\n', '-S', '-c', {READY!r}], executable={house.python!r})"
    house.start(house.python, "-c", child).stdout.readline()
    run = settings.read(house.run_folder())

    text = status.as_text([(run, house.rows())])

    assert text.startswith(f"{run.run}: enforce, supervisor {run.supervisor}\n")
    assert "  escaped     " in text
    assert "  1 covered, 1 escaped\n" in text
    assert "`python -S`" in text
    assert "\x1b" not in text
    assert "\\x1b[31m\\n" in text


def test_runs_are_found_by_their_processes(house):
    """A run whose folder lies in another temporary folder than ours is found by what its processes were told."""
    house.start(house.python, "-c", READY).stdout.readline()

    assert house.run_folder() in [run.run for run in status.runs()]
    run = settings.read(house.run_folder())
    assert status.as_row(run, status.status(run.run))["processes"][0]["verdict"] == "covered"


def test_a_run_that_ends_while_others_are_looked_into_is_left_out(house, tmp_path):
    """Of runs that were found, one that is gone when its turn comes is no error: the others are told."""
    house.start(house.python, "-c", READY).stdout.readline()
    run = settings.read(house.run_folder())
    gone = run._replace(run=str(tmp_path / "gone"))

    shown = status.looked_into([gone, run])

    assert [(one.run, [row.verdict for row in rows]) for one, rows in shown] == [(run.run, ["covered"])]


def _until_daemon(house, then):
    """A daemon that has said ready, and whose parent in between is over."""
    supervisor = house.start(house.python, "-c", _daemon(then))
    assert {supervisor.stdout.readline() for _ in range(2)} == {"ready\n", "left\n"}


def _daemon(then):
    twice = "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    stay = "import time; time.sleep(60)"
    return f"{twice}        {then}\n        {stay}\n    os._exit(0)\nos.wait(); print('left', flush=True); input()"
