"""Colour and wrapping follow the stream and the user's wishes."""

import io
import os
import pty
import re
import subprocess
import sys

import pytest

from gnomon.cli.console import print_problem, print_text, shows_progress, style_of


class Stream(io.TextIOWrapper):
    """A stream that says it is a terminal, or not."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        """As it was made."""
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "environment", "color"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {}, True),
        (True, {"TERM": "dumb"}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (False, {"TERM": "xterm"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_unless_told_otherwise(terminal, environment, color):
    """NO_COLOR wins over FORCE_COLOR, which wins over what the stream is."""
    assert style_of(Stream(terminal=terminal), environment).color is color


def test_a_pipe_is_never_wrapped():
    """Forced colour does not bring wrapping with it."""
    assert style_of(Stream(terminal=False), {"FORCE_COLOR": "1"}).width is None


@pytest.mark.parametrize(("encoding", "ascii_only"), [("utf-8", False), ("ascii", True), ("latin-1", True)])
def test_lines_are_drawn_with_what_the_stream_can_encode(encoding, ascii_only):
    """Without Unicode in the stream, none in the drawing."""
    assert style_of(Stream(terminal=False, encoding=encoding), {}).ascii is ascii_only


def test_a_stream_without_an_encoding_gets_ascii(monkeypatch):
    """A program may put a stream of text in the place of standard output: it names no encoding and takes no bytes."""
    out, problems = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", problems)

    print_text("naïve: 中\n")
    print_problem("中: not there\n")

    assert (out.getvalue(), problems.getvalue()) == ("na\\xefve: \\u4e2d\n", "\\u4e2d: not there\n")
    assert style_of(out, {}).ascii


@pytest.mark.parametrize(
    ("terminal", "environment", "shown"), [(True, {}, True), (True, {"TERM": "dumb"}, False), (False, {}, False)]
)
def test_progress_is_for_terminals(terminal, environment, shown):
    """A log gets no progress."""
    assert shows_progress(Stream(terminal=terminal), environment) is shown


@pytest.mark.parametrize(("columns", "widest"), [(60, 60), (200, 120), (10, 40)])
def test_a_page_fits_a_real_terminal(columns, widest):
    """On a terminal the page is painted and wrapped to its width, within 40 and 120 columns."""
    ours, theirs = pty.openpty()
    os.set_inheritable(theirs, True)
    child = _explain_on(theirs, columns)
    os.close(theirs)

    page = _everything(ours)

    assert child.wait() == 0
    assert "\x1b[1mWhat\x1b[0m" in page
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in page.splitlines() if "https://" not in line]
    assert max(map(len, lines)) <= widest
    assert max(map(len, lines)) > widest - 25


def _explain_on(terminal: int, columns: int) -> subprocess.Popen[bytes]:
    size = f"fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 50, {columns}, 0, 0))"
    program = f"""
import fcntl, struct, sys, termios
from gnomon.cli.main import run
{size}
sys.exit(run(["explain", "pickle-from-file"]))
"""
    return subprocess.Popen([sys.executable, "-c", program], stdout=terminal, env=os.environ | {"TERM": "xterm"})


def _everything(terminal: int) -> str:
    output = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that the other end was closed
            part = b""
        if not part:
            os.close(terminal)
            return output.decode()
        output += part
