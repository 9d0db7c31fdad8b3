"""Which of a line of forked processes this is, and a lock that no thread of the parent's holds."""

import os
from threading import RLock


class Process:
    """This process. What was made under another number of forks belongs to a parent."""

    forks = 0
    lock = RLock()
    """For what a process reads or makes once."""


def _forked() -> None:
    Process.forks += 1
    Process.lock = RLock()


if hasattr(os, "register_at_fork"):  # pragma: no branch (Windows has no forks)
    os.register_at_fork(after_in_child=_forked)
