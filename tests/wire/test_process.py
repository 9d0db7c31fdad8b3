"""A forked child is another process, and waits for nobody."""

import os
import signal
import threading

import pytest

from gnomon.wire.process import Process


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_child_has_a_lock_of_its_own():
    """A thread of its parent's held the other one; and nobody will ever release it in the child."""
    held, ending = threading.Event(), threading.Event()

    def hold():
        with Process.lock:
            held.set()
            ending.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    forks = Process.forks
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        with Process.lock:
            os._exit(Process.forks - forks)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ending.set()
    thread.join(10)

    assert (status, Process.forks) == (1, forks)
