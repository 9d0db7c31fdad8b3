"""A process that fails, dies or says nothing is an error, and never a wait."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.wire.workers import Failed, Worker, answers

ROOT = Path(__file__).parents[3]
SOON_S, LATE_S = 0.2, 60
ORPHANED = """
import sys
from bench.wire.workers import Worker
from tests.bench.wire.test_workers import Told
worker = Worker("child", Told)
print(worker.call("pid", within_s=60), flush=True)
worker.tell("wait")
sys.stdin.read()
"""


class Told:
    """What the processes have."""

    def pid(self) -> int:
        """Which process this is."""
        return os.getpid()

    def add(self, one: int, other: int) -> int:
        """The sum."""
        return one + other

    def fail(self) -> None:
        """Raises."""
        raise ValueError("as told")

    def die(self) -> None:
        """Ends the process as the kernel would."""
        os.kill(os.getpid(), signal.SIGKILL)

    def wait(self) -> None:
        """Says nothing."""
        time.sleep(1_000)

    def interrupted(self) -> str:
        """What comes after SIGINT."""
        os.kill(os.getpid(), signal.SIGINT)
        return "still there"


def test_a_worker_answers():
    """What a method returns comes back, from another process."""
    with Worker("child", Told) as worker:
        assert worker.call("add", 1, 2, within_s=LATE_S) == 3
        assert worker.call("pid", within_s=LATE_S) != os.getpid()


def test_a_failure_is_told_with_its_traceback():
    """A method that raises is an error that says who failed in what, and why."""
    with Worker("child", Told) as worker, pytest.raises(Failed, match=r"child in 'fail' failed(.|\n)*as told"):
        worker.call("fail", within_s=LATE_S)


def test_a_dead_worker_is_an_error_at_once():
    """A process that was killed is not waited for."""
    with Worker("child", Told) as worker, pytest.raises(Failed, match=r"child in 'die' ended \(exit code -9\)"):
        worker.call("die", within_s=LATE_S)


def test_telling_a_dead_worker_is_an_error():
    """Whoever speaks to a process that has ended learns that it has."""
    with Worker("child", Told) as worker:
        for _ in range(2):
            with pytest.raises(Failed, match="ended"):
                worker.call("die", within_s=LATE_S)


def test_a_silent_worker_is_given_up():
    """Nobody waits longer than asked, and the end of the block ends the process too."""
    with Worker("child", Told) as worker, pytest.raises(Failed, match=r"not done after 0\.2 s: child in 'wait'"):
        worker.call("wait", within_s=SOON_S)


def test_the_failure_of_one_is_not_kept_waiting_by_the_other():
    """Of two that should answer, the one that fails is heard while the other one is busy."""
    with Worker("busy", Told) as busy, Worker("failing", Told) as failing:
        busy.tell("wait")
        failing.tell("fail")

        with pytest.raises(Failed, match="failing in 'fail'"):
            answers((busy, failing), LATE_S)


def test_ctrl_c_is_left_to_the_parent():
    """A worker goes on at SIGINT, which a terminal sends to all: its parent ends it."""
    with Worker("child", Told) as worker:
        assert worker.call("interrupted", within_s=LATE_S) == "still there"


def test_a_worker_ends_with_its_parent():
    """A process whose parent was killed does not stay behind, whatever it is in."""
    command = [sys.executable, "-c", ORPHANED]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.kill()

            assert select.select([child], [], [], LATE_S)[0] == [child]
        finally:
            os.close(child)
