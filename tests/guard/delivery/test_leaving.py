"""What is left of a run when it ends, however it ends: nothing, as soon as none of its processes is alive."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from gnomon.guard.delivery import shim, status
from gnomon.guard.delivery.settings import Settings

IS_GUARDED = "import sys; print(getattr(sys, 'guarded', 0) > 0)"
READY = "print('ready', flush=True); input()"


def test_nothing_is_left_when_the_supervisor_returns(house):
    """When the command is over and was alone, folder and `.pth` are gone before the supervisor is."""
    supervisor = house.start(house.python, "-c", READY)
    supervisor.stdout.readline()
    assert house.pth() == [Path(house.run_folder()).name + ".pth"]

    supervisor.communicate("\n", timeout=60)

    assert house.leftovers() == []


def test_a_killed_supervisor_leaves_its_tree_guarded(house):
    """After kill -9 the command goes on, what it starts is guarded, and nothing is left when it ends."""
    child = f"subprocess.run([{house.python!r}, '-Ic', {IS_GUARDED!r}])"
    again = f"import subprocess; print('ready', flush=True); input(); {child}; input()"
    supervisor = house.start(house.python, "-c", again)
    supervisor.stdout.readline()
    janitor_over = house.watch(house.janitor())

    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.wait(60)
    supervisor.stdin.write("\n")
    supervisor.stdin.flush()
    guarded = supervisor.stdout.readline()
    files = house.pth()
    text = status.as_text([(run, house.rows()) for run in status.runs() if run.run == house.run_folder()])
    supervisor.stdin.close()
    janitor_over()

    assert guarded == "True\n"
    assert len(files) == 1
    assert "which is over: guarded until the last process ends" in text
    assert house.leftovers() == []


def test_a_daemon_keeps_its_guard(house):
    """A process that outlives the command keeps `.pth` and folder until it ends; what it starts is guarded."""
    ask = f"import subprocess; input(); subprocess.run([{house.python!r}, '-Ic', {IS_GUARDED!r}], env={{}}); input()"
    daemon = f"import os\nif os.fork():\n    os._exit(3)\nos.setsid()\nprint(os.getpid(), flush=True)\n{ask}"
    supervisor = house.start(house.python, "-c", daemon)
    supervisor.stdout.readline()
    janitor_over = house.watch(house.janitor())

    code = supervisor.wait(60)
    supervisor.stdin.write("\n")
    supervisor.stdin.flush()
    guarded, files = supervisor.stdout.readline(), house.pth()
    supervisor.stdin.close()
    janitor_over()

    assert (code, guarded, len(files)) == (3, "True\n", 1)
    assert house.leftovers() == []


def test_two_runs_in_one_environment_do_not_meet(house):
    """Each run has its own `.pth`, and the first one's end takes nothing from the second."""
    first, second = (house.start(house.python, "-c", READY) for _ in range(2))
    first.stdout.readline()
    second.stdout.readline()
    both = house.pth()

    first.communicate("\n", timeout=60)
    one = house.pth()
    child = house.rows()
    second.communicate("\n", timeout=60)

    assert (len(both), len(one), len(child)) == (2, 1, 1)
    assert one[0] in both
    assert house.leftovers() == []


def test_what_a_power_failure_left_is_removed_by_the_next_run(house):
    """A `.pth` and folder whose supervisor and processes are gone are removed by the next run, which says so."""
    stale = _left_by_a_power_failure(house)

    result = house.run(house.python, "-c", IS_GUARDED)

    assert result.stdout == "True\n"
    assert f"removed '{stale}'" in result.stderr
    assert house.leftovers() == []


def test_what_a_power_failure_left_is_removed_by_status(house):
    """Asking for the runs removes what is left of those that are over, by their folders."""
    stale = _left_by_a_power_failure(house)
    folder = house.run_folder()
    outside = {**house.variables, "TMPDIR": str(house.runs)}

    ask = "from gnomon.guard.delivery import status; print(status.as_text([(run, ()) for run in status.runs()]))"
    listed = subprocess.run([sys.executable, "-c", ask], env=outside, capture_output=True, text=True, check=True)

    assert folder not in listed.stdout
    assert not stale.exists()
    assert house.leftovers() == []


def test_a_file_left_behind_does_nothing(house):
    """Until it is removed, a stale `.pth` is silent in every process of the environment."""
    _left_by_a_power_failure(house)

    outside = house.run_outside(IS_GUARDED)

    assert (outside.stdout, outside.stderr) == ("False\n", "")


def test_another_machines_file_is_left_alone(house):
    """In an environment on a shared disk, a run of another host may be alive: its file stays."""
    stale = _left_by_a_power_failure(house)
    stale.write_text(stale.read_text().replace(os.uname().nodename, "another-host", 1))

    house.run(house.python, "-c", IS_GUARDED)

    assert stale.exists()


def test_a_file_can_not_have_other_folders_removed(house):
    """A `.pth` that names a folder which launch did not make is removed without it."""
    stale = _left_by_a_power_failure(house)
    precious = house.folder / "precious"
    precious.mkdir()
    stale.write_text(stale.read_text().replace(house.run_folder(), str(precious)))

    house.run(house.python, "-c", IS_GUARDED)

    assert not stale.exists()
    assert precious.is_dir()


def test_an_unfinished_line_of_our_own_is_no_origin():
    """What guard did not write, or not to the end, says nothing of a run."""
    text = shim.pth_text(Settings(run="/run", supervisor=1, started=2), "/guard")

    assert shim.pth_origin(text).run == "/run"
    assert {shim.pth_origin(text[:40]), shim.pth_origin("import os\n"), shim.pth_origin("")} == {None}


def _left_by_a_power_failure(house):
    """Supervisor, command and janitor killed at once."""
    supervisor = house.start(house.python, "-c", READY)
    supervisor.stdout.readline()
    numbers = [house.janitor(), supervisor.pid, *(row.pid for row in house.rows())]
    ends = [house.watch(pid) for pid in numbers]
    for pid in numbers:
        os.kill(pid, signal.SIGKILL)
    for until_over in ends:
        until_over()
    supervisor.wait(60)
    (name,) = house.pth()
    return next(house.environment.rglob(name))
