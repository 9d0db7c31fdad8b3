"""The supervisor is no different from the command: exit codes, signals, terminal, files."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COUNTS = """
import signal, sys
caught = []
def note(number, frame):
    caught.append(number)
for name in {names}:
    signal.signal(getattr(signal, name), note)
print("ready", flush=True)
for line in sys.stdin:
    print([signal.Signals(number).name for number in caught], flush=True)
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
    supervisor = house.start(house.python, "-u", "-c", COUNTS.format(names=[name]))
    supervisor.stdout.readline()
    command = house.rows()[0].pid

    supervisor.send_signal(getattr(signal, name))
    _until_caught(command, getattr(signal, name))
    out, error = supervisor.communicate("\n", timeout=60)

    assert (out, error, supervisor.returncode) == (f"['{name}']\n", "", 0)


def test_ctrl_c_reaches_the_command_once(house):
    """The terminal's Ctrl-C goes to the command by itself; twice would mean force to many servers."""
    ours, theirs = pty.openpty()
    supervisor = house.start(
        house.python, "-u", "-c", COUNTS.format(names=["SIGINT"]), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True, preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
    )  # fmt: skip
    os.close(theirs)
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        _read_until(terminal, b"ready")
        terminal.write(b"\x03")
        _read_until(terminal, b"^C")
        terminal.write(b"x\n")
        answer = _read_until(terminal, b"]")
        terminal.write(b"\x04")
        code = supervisor.wait(60)

    assert b"['SIGINT']" in answer
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


def _until_caught(pid, number):
    """Until the signal is neither on its way to that process nor waiting in it: it was caught then."""
    bit = 1 << (number - 1)
    for _ in range(1_000_000):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        if not bit & (int(fields["ShdPnd"], 16) | int(fields["SigPnd"], 16)):
            return
    pytest.fail("the signal stays pending")


def _read_until(terminal, wanted):
    seen = b""
    while wanted not in seen:
        seen += terminal.read(1024)
    return seen
