"""`gnomon demo`: shows what happens, ends what it starts, and says so where something is not as told."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gnomon.cli.tour import STEPS
from gnomon.cli.touring import Tour
from gnomon.core.tour import Part, Run, Start, Step
from gnomon.io.stage import stage
from gnomon.knowledge.toy import toy_files
from gnomon.render.page import Style

ROOT = Path(__file__).parents[2]
DEADLINE_S = 120
SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="session")
def shown(tmp_path_factory):
    """One real run in colour, with the folder that it kept."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    result = subprocess.run(
        [sys.executable, "-m", "gnomon", "demo", "--fast", "--keep", folder],
        env=os.environ | {"FORCE_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_S,
        check=False,
    )
    return result, folder


def test_all_happens_as_told(shown):
    """Six steps, each to its end; nothing on standard error; the folder has what the commands have written."""
    result, folder = shown
    text = SEQUENCE.sub("", result.stdout)

    assert (result.returncode, result.stderr) == (0, ""), text
    for number, step in enumerate(STEPS, 1):
        assert f"── {number} of {len(STEPS)} · {step.name} ──" in text
    assert text.count("the server made the stranger's call") == 1
    assert text.count("nothing happened") == 2
    assert {"policy.json", "events", "keys", "stranger.py", "toy"} == {path.name for path in folder.iterdir()}
    assert (folder / "toy" / "wire_messages.py").exists()


def test_it_reads_well_anywhere(shown):
    """No line is wider than 80 columns, and there is no sequence but colours: nothing is drawn over."""
    text = SEQUENCE.sub("", shown[0].stdout)

    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert "\x1b" not in text
    assert "\r" not in text


def test_no_process_is_left(shown):
    """None that works in the demo's folder."""
    here = [link for link in Path("/proc").glob("[0-9]*/cwd") if _leads_to(link, shown[1])]

    assert here == []


def test_the_recording_shows_what_the_demo_shows(shown):
    """docs/demo.svg has the same lines; if not: make recording."""
    recording = _recording()
    today = recording.steady(SEQUENCE.sub("", line) for line in shown[0].stdout.splitlines())
    picture = (ROOT / "docs" / "demo.svg").read_text(encoding="utf-8")

    assert _lasting(recording.shown_lines(picture)) == _lasting(["$ gnomon demo", *today])
    assert len(picture) < 250_000
    assert "prefers-reduced-motion" in picture
    assert "<script" not in picture


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_what_was_started_ends_with_it(tmp_path, number):
    """Killed or interrupted while a server runs: no process and no folder is left."""
    heeding = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # what a shell runs with `&` ignores it
    demo = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import runpy, signal; {heeding}; runpy.run_module('gnomon', run_name='__main__')",
            "demo",
            "--fast",
        ],
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    killer = threading.Timer(DEADLINE_S, demo.kill)
    killer.start()
    try:
        server = next(match for line in demo.stdout if (match := re.search(r"serving at .* process (\d+)", line)))
        assert len(list(tmp_path.iterdir())) == 1
        demo.send_signal(number)
        demo.communicate()  # until the janitor, who has the same standard error, has ended too
    finally:
        killer.cancel()

    assert demo.returncode == (130 if number == signal.SIGINT else -number)
    assert list(tmp_path.iterdir()) == []
    assert not Path(f"/proc/{server[1]}/cwd").exists()


def test_what_is_missing_is_told_before_anything_starts(tmp_path):
    """With the command that installs it."""
    hidden = "import sys; sys.modules.update(libcst=None, zmq=None)"
    result = subprocess.run(
        [sys.executable, "-c", f"{hidden}; from gnomon.cli.main import run; sys.exit(run(['demo']))"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_S,
        check=False,
    )

    assert (result.returncode, result.stdout) == (2, "")
    assert "the demo needs pyzmq and libcst, which are not installed." in result.stderr
    assert "try: pip install 'gnomon[demo]'" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--step", "--fast"), "contradict each other"),
        (("--step",), "standard input is no terminal"),
        (("--keep", ROOT), "is not empty"),
    ],
)
def test_what_can_t_be_done_is_refused(gnomon, arguments, problem):
    """With a way on, and nothing printed before."""
    result = gnomon("demo", *arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert problem in result.stderr
    assert "try: " in result.stderr


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (Run(words=("gnomon", "--version"), shows=(Part("^gnosis "),)), "no line that matches '^gnosis '"),
        (Run(words=("python", "stranger.py"), shows=()), "its exit code is 1, not 0"),
        # An address of no host of ours (RFC 5737): the port is refused, and the server ends.
        (
            Start(words=("python", "toy/server.py"), settings={"TOY_LISTEN": "tcp://192.0.2.1:1"}, tells="serving at"),
            "the server does not serve",
        ),
    ],
)
def test_what_is_not_as_promised_is_said(action, problem):
    """The step shows all that there was instead, and is the last."""
    steps = [
        Step(name="first", title="A title", text="A text.", actions=(action,), lesson="A lesson."),
        Step(name="second", title="Never", text="Reached.", actions=(), lesson="."),
    ]
    told = []
    with stage(None, columns=78) as made:
        made.put(toy_files())
        as_told = Tour(made, Style(width=80), told.append).go(steps, lambda: None)
    text = "".join(told)

    assert not as_told
    assert f"not as promised: {problem}" in text
    assert "A lesson." not in text
    assert "second" not in text
    assert re.search("^  (gnomon [0-9.]+|IndexError: .*|zmq.error.ZMQError: .*)$", text, re.MULTILINE)


def _leads_to(link, folder):
    try:
        return link.readlink() == folder
    except OSError:
        return False


def _recording():
    spec = importlib.util.spec_from_file_location("recording", ROOT / "tools" / "recording.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _lasting(lines):
    """All words but those that depend on the machine: how long tests take, and how far a connection came."""
    text = " ".join(" ".join(lines).split())
    return re.sub(r"(?<=turned a connection away: ).*?(?= • )|(?<=passed in )\d+s", "", text)
