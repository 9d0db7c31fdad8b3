"""Where and when a figure was measured."""

import datetime as dt
import os
import platform
from pathlib import Path

from msgspec import Struct


class Machine(Struct, frozen=True, kw_only=True):
    """What a reader must know to judge a figure."""

    date: str
    python: str
    system: str
    processor: str
    cores: int
    memory_gb: int


def this_machine() -> Machine:
    """The machine that runs this, today."""
    return Machine(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
    )


def described(machine: Machine) -> str:
    """One line for people."""
    return (
        f"{machine.date}, {machine.python}, {machine.system}, {machine.processor}, "
        f"{machine.cores} cores, {machine.memory_gb} GB"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
