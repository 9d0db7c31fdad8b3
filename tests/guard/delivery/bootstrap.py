"""Stands for guard's bootstrap in these tests: registers the process, notes that it was here, and refuses nothing."""

import sys

from .delivery import processes, settings

active = []


def activate(folder):
    """Once a process; `sys.guarded` counts the calls."""
    sys.guarded = getattr(sys, "guarded", 0) + 1
    if not active:
        run = settings.read(folder)
        processes.register(folder, run.mode, run.digest)
        active.append(folder)
