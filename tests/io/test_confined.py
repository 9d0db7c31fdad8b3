"""A command with limits: what exceeds them is ended, and so is whatever it started."""

import os
import select
import sys

import pytest

from gnomon.core.errors import GnomonError
from gnomon.io.behaviour import behaviour_of
from gnomon.io.confined import Bounds, run
from gnomon.io.lesson_scan import scanned, scanned_apart
from gnomon.knowledge.load import load

QUICK = Bounds(wall_s=1)
LEFT_BEHIND = """
import subprocess, sys
with open({path!r}, "w") as file:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=sys.stdout)
    file.write(str(child.pid))
print("ok: started", flush=True)
{rest}
"""


def ends(pid: int) -> bool:
    """True if there is no such process, or it ends now: a signal that was sent needs its time to arrive."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 20)[0])
    finally:
        os.close(handle)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process of others")
@pytest.mark.parametrize("rest", ["", "while True: pass"])
def test_nothing_of_it_is_left(tmp_path, rest):
    """What it started is ended with it, whether it comes to its end or has to be stopped."""
    path = tmp_path / "pid"

    behaviour = behaviour_of({}, LEFT_BEHIND.format(path=str(path), rest=rest), QUICK)

    assert behaviour.holds == ("started",)
    assert behaviour.broke == ("The check was ended after 1 seconds: something waits for ever." if rest else "")
    assert ends(int(path.read_text()))


@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
@pytest.mark.parametrize(
    ("check", "bounds", "told"),
    [
        ("x = bytearray(3 * 10**9)", Bounds(), "The check could not go on: MemoryError"),
        ("while True: pass", Bounds(cpu_s=1, wall_s=10), "The check was ended by signal"),
        ("open('f', 'wb').write(bytes(10**6))", Bounds(file_bytes=10_000), "could not go on: OSError"),
        ("import server", Bounds(), "The check could not go on: ModuleNotFoundError: No module named 'server'"),
        ("raise SystemExit(3)", Bounds(), "The check ended with 3."),
    ],
)
def test_what_stops_a_check_is_told(check, bounds, told):
    """A limit, or an error that nobody caught."""
    behaviour = behaviour_of({}, check, bounds)

    assert told in behaviour.broke
    assert not behaviour.passed


def test_a_check_sees_the_files_and_not_the_users_environment(monkeypatch):
    """It imports them from its working folder; PYTHONOPTIMIZE does not take its assertions away."""
    monkeypatch.setenv("A_SECRET", "s")
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    check = "import os, server\nassert __debug__\nprint('ok:', server.NAME, os.listdir(), os.environ.get('A_SECRET'))"

    behaviour = behaviour_of({"server.py": b"NAME = 'ours'"}, check)

    assert behaviour.holds == ("ours ['server.py'] None",)


def test_a_failing_check_says_why():
    """In lines that it prints; others, such as the server's own, are not taken for them."""
    check = "print('ok: a')\nprint('hello')\nprint('no: b')\nraise SystemExit(1)"

    behaviour = behaviour_of({}, check)

    assert (behaviour.holds, behaviour.fails, behaviour.broke) == (("a",), ("b",), "")


def test_output_without_end_is_cut():
    """Not all of it is read."""
    code = "import sys\nwhile True: sys.stdout.write('x' * 9999)"

    ended = run([sys.executable, "-c", code], Bounds(file_bytes=100_000, shown_bytes=1_000), ".", {})

    assert len(ended.output) == 1_000


def test_the_scanner_says_the_same_in_a_process_of_its_own():
    """Findings, and what could not be analysed."""
    knowledge = load()
    source = "import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:1')\npickle.loads(s.recv())\n"
    files = {"server.py": source.encode(), "deep.py": f"import pickle\npickle.loads({'(' * 500}x)".encode()}

    apart = scanned_apart(files, knowledge)

    assert apart == scanned(files, knowledge)
    assert [finding.site.line for finding in apart.findings] == [4]
    assert [entry.path for entry in apart.skipped] == ["deep.py"]


def test_a_scanner_that_comes_to_no_answer_is_an_error():
    """With what to type to see more."""
    with pytest.raises(GnomonError, match="the files can't be scanned: it takes too long") as caught:
        scanned_apart({"a.py": b""}, load(), Bounds(wall_s=-0.5))

    assert caught.value.remedy == "gnomon scan . in the exercise's folder"
