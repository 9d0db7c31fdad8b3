"""Progress appears for long work alone, and leaves nothing behind."""

import io
import time

from gnomon.cli.progress import progress


def test_quick_work_shows_nothing():
    """Nothing is written for work of less than half a second."""
    stream = io.StringIO()

    with progress("scanning x", stream):
        pass

    assert stream.getvalue() == ""


def test_long_work_shows_what_is_done_and_wipes_it():
    """The line names the work, its text escaped, and is wiped at the end."""
    stream = io.StringIO()

    with progress("scanning x\x1b[2J", stream):
        time.sleep(0.9)

    assert r"scanning x\x1b[2J, " in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_no_stream_shows_nothing():
    """None stands for nowhere."""
    with progress("scanning x", None):
        done = True

    assert done
