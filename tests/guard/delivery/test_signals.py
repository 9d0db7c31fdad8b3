"""The supervisor is no different from the command: exit codes, signals, terminal, files."""

import os
import pty
import signal
import subprocess
import sys

import pytest

CATCHES = """
import os, signal, sys
def say(number, frame):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")
for name in {names}:
    signal.signal(getattr(signal, name), say)
os.write(1, b"ready\\n")
for line in sys.stdin:
    pass
"""


@pytest.mark.parametrize("code", [0, 1, 7, 78, 255])
def test_the_exit_code_is_the_commands(house, code):
    """The command's exit code is the supervisor's."""
    assert house.run("sh", "-c", f"exit {code}").returncode == code


def test_a_signals_end_is_told_as_a_shell_tells_it(house):
    """A command that signal n ended gives 128 + n."""
    result = house.run(house.python, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    assert result.returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"])
def test_signals_reach_the_command_once(house, name):
    """What is sent to the supervisor the command gets, and goes on if it wants to."""
    supervisor = house.start(house.python, "-c", CATCHES.format(names=[name]))
    supervisor.stdout.readline()

    supervisor.send_signal(getattr(signal, name))
    caught = supervisor.stdout.readline()
    out, error = supervisor.communicate(timeout=60)

    assert (caught, out, error, supervisor.returncode) == (f"{name}\n", "", "", 0)


def test_ctrl_c_reaches_the_command_once(house):
    """The terminal's Ctrl-C goes to the command by itself; twice would mean force to many servers."""
    ours, theirs = pty.openpty()
    supervisor = house.start(
        house.python, "-c", CATCHES.format(names=["SIGINT", "SIGUSR1"]), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True, preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
    )  # fmt: skip
    os.close(theirs)
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        _read_until(terminal, b"ready")
        terminal.write(b"\x03")
        seen = _read_until(terminal, b"SIGINT\r\n")
        supervisor.send_signal(signal.SIGUSR1)  # by the time this one arrives, the supervisor is done with the first
        seen += _read_until(terminal, b"SIGUSR1\r\n")
        terminal.write(b"\x04")
        code = supervisor.wait(60)

    assert seen.count(b"SIGINT") == 1
    assert code == 0
    assert house.leftovers() == []


def test_the_command_has_the_files_and_signals_it_would_have(house):
    """Standard input and output are the supervisor's, no other file is open, and no signal is ignored or blocked."""
    ask = (
        "import os, signal, sys; print(sys.stdin.read(), sorted(os.listdir('/proc/self/fd'))[:3],"
        " signal.pthread_sigmask(signal.SIG_BLOCK, ()), os.getpgrp() == os.getpgid(os.getppid()))\n"
        # 32 and 33 are the C library's own: its posix_spawn ignores them until the program's first thread.
        "print([int(line.split()[1], 16) & ~(3 << 31)"
        " for line in open('/proc/self/status') if line.startswith(('SigBlk', 'SigIgn'))])"
    )
    line = [sys.executable, "-c", ask]
    expected = subprocess.run(line, input="in", capture_output=True, text=True, check=True)

    supervisor = house.start(house.python, "-c", ask)
    out, error = supervisor.communicate("in", timeout=60)

    assert (out, error) == (expected.stdout, expected.stderr)


def test_a_command_that_does_not_exist_is_told(house):
    """Nothing is made for a command that is not there, and the user is told what to check."""
    result = house.run("no-such-command")

    assert "the command 'no-such-command' is not on PATH" in result.stderr
    assert "command -v no-such-command" in result.stderr
    assert house.leftovers() == []


def test_a_command_that_can_not_be_started_is_told(house):
    """What the system refuses to run leaves nothing behind."""
    script = house.environment / "bin" / "empty"
    script.write_text("no first line")
    script.chmod(0o755)

    result = house.run(str(script))

    assert "Exec format error" in result.stderr
    assert house.leftovers() == []


def test_the_supervisors_reader_does_not_wait_for_a_daemon_of_ours(house):
    """The janitor holds none of the supervisor's files: a pipe ends with the command."""
    daemon = "import os, time\nif os.fork():\n    os._exit(0)\nos.setsid()\nos.closerange(0, 3)\ntime.sleep(60)"
    supervisor = house.start(house.python, "-c", daemon)

    out, error = supervisor.communicate(timeout=30)
    rows = house.rows()

    assert (out, error, [row.verdict for row in rows]) == ("", "", ["covered"])
    os.kill(rows[0].pid, signal.SIGKILL)


def _read_until(terminal, wanted):
    seen = b""
    while wanted not in seen:
        seen += terminal.read(1024)
    return seen
