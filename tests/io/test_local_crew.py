"""Targets put to forked processes: each is answered once, nothing takes more than it may, and nobody is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gnomon.core.crew import Done
from gnomon.io.local_crew import local_crew

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere nothing is forked")
PATIENCE_S = 30.0
MEMORY = 300_000_000
"""Beside what these tests themselves take: what is forked from them has that, too."""


def _answers(ask: Callable[[str], bytes], *targets: str, patience_s: float = PATIENCE_S) -> dict[str, Done]:
    crew = local_crew(3, memory_bytes=_memory(), patience_s=patience_s)
    answers = list(crew(ask, targets))
    assert sorted(each.target for each in answers) == sorted(targets)
    return {each.target: each for each in answers}


def _memory() -> int:
    """What a target may take."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return MEMORY + pages * os.sysconf("SC_PAGE_SIZE")


def _gone(pids: list[int]) -> bool:
    """True once none of the processes is alive; False after all patience."""
    until = time.monotonic() + PATIENCE_S
    while any(_alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_each_target_is_answered_once_by_a_process_of_its_own():
    """Answers larger than a pipe holds arrive whole, and what they took is told."""
    answers = _answers(lambda target: f"{os.getpid()} {target}".encode() * 100_000, *map(str, range(7)))

    assert all(each.answer.endswith(f" {target}".encode()) for target, each in answers.items())
    assert len({each.answer.split()[0] for each in answers.values()} | {str(os.getpid()).encode()}) == 8
    assert all(each.effort.peak_bytes > 1_000_000 and each.effort.seconds > 0 for each in answers.values())


def test_a_target_that_takes_too_much_memory_is_killed_and_told():
    """Piece by piece it goes over the limit; in one piece there is no such memory, and the process can say so."""

    def ask(target: str) -> bytes:
        pieces: list[bytes] = []
        while target == "pieces":
            pieces.append(b"x" * 1_000_000)
        try:
            return b"%d" % len(bytearray(50_000_000_000 if target == "at once" else 1))
        except MemoryError:
            return b"no memory"

    answers = _answers(ask, "pieces", "at once", "harmless")

    assert re.fullmatch(r"it took more than [\d,]+ MB of memory", answers["pieces"].lost)
    assert answers["at once"].answer == b"no memory"
    assert answers["harmless"].answer == b"1"


def test_a_target_that_takes_too_long_is_killed_and_told():
    """The others are answered."""
    answers = _answers(lambda target: signal.pause() if target == "endless" else b"", "endless", "quick", patience_s=1)

    assert answers["endless"].lost == "it took longer than 1 s"
    assert answers["quick"].lost == ""


def test_a_target_whose_process_is_killed_is_asked_once_more(tmp_path):
    """Somebody else's kill is no fault of the target's; a second one is told, with how the process ended."""

    def ask(target: str) -> bytes:
        first = tmp_path / target
        if target == "always" or not first.exists():
            first.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return target.encode()

    answers = _answers(ask, "once", "always")

    assert answers["once"].answer == b"once"
    assert answers["always"].lost == "its process ended early (signal 9), 2 times"


def test_nobody_is_at_work_after_the_last_answer_was_taken(tmp_path):
    """Whoever takes no more answers has what is at work killed, and programs that it started in other sessions, too."""

    def ask(target: str) -> bytes:
        if target == "quick":
            until = time.monotonic() + PATIENCE_S
            while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
                time.sleep(0.01)
            return b""
        return _start_and_wait(tmp_path)

    answers = local_crew(2, memory_bytes=_memory(), patience_s=PATIENCE_S)(ask, ["slow", "quick"])
    next(answers)
    answers.close()

    assert _gone([int(path.name) for path in tmp_path.iterdir()])


def _start_and_wait(folder: Path) -> bytes:
    program = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
    for pid in (program.pid, os.getpid()):
        (folder / str(pid)).touch()
    signal.pause()
    return b""


DRIVER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from gnomon.io.local_crew import local_crew
from tests.io.test_local_crew import _start_and_wait
folder = Path({folder!r})
list(local_crew(2, memory_bytes=300_000_000, patience_s=60)(lambda _: _start_and_wait(folder), ["a", "b"]))
"""


def test_no_process_outlives_a_driver_that_is_killed(tmp_path):
    """Killed by -9 it can clean up nothing; its processes, what they started, and the temporary folder go yet."""
    pids, temporary = tmp_path / "pids", tmp_path / "temporary"
    pids.mkdir()
    temporary.mkdir()
    text = DRIVER.format(root=str(Path(__file__).parents[2]), folder=str(pids))
    driver = subprocess.Popen([sys.executable, "-c", text], env=os.environ | {"TMPDIR": str(temporary)})
    until = time.monotonic() + PATIENCE_S
    while len(list(pids.iterdir())) < 4 and time.monotonic() < until:
        time.sleep(0.01)
    driver.kill()
    driver.wait()

    started = [int(path.name) for path in pids.iterdir()]
    assert len(started) == 4
    assert _gone(started)
    while list(temporary.iterdir()) and time.monotonic() < until:
        time.sleep(0.01)
    assert list(temporary.iterdir()) == []
