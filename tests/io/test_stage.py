"""A stage's programs and folder are gone with it, and nothing is waited for without end."""

import os
import sys

import pytest

from gnomon.core.errors import GnomonError
from gnomon.io.stage import Late, stage

ASLEEP = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"
)
WITHIN_S = 30


def test_programs_and_folder_end_with_the_stage():
    """Also a child of a program that does not want to end, of which nobody was told."""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ASLEEP!r}])"
    with stage(None, columns=40) as made:
        program = made.start([sys.executable, "-c", parent], os.environ)
        up = program.read(lambda lines: "up" in lines, WITHIN_S)
        folder = made.folder
        assert folder.is_dir()

    assert up
    assert not folder.exists()
    assert program.end(WITHIN_S) < 0


def test_a_program_sees_a_terminal_of_the_width_and_no_progress():
    """Standard output is a terminal, standard error is none, and both are read."""
    code = "import os, sys; print(os.get_terminal_size(1).columns, sys.stdout.isatty(), sys.stderr.isatty())"
    with stage(None, columns=44) as made:
        program = made.start([sys.executable, "-c", f"{code}; sys.stderr.write('told\\n'); sys.exit(3)"], os.environ)
        assert program.end(WITHIN_S) == 3

    assert sorted(program.lines) == ["44 True False", "told"]


def test_what_comes_in_pieces_stays_a_line_of_its_own():
    """A line begun on one of the two is not ended by what the other prints, and one without an end is there too."""
    code = (
        "import sys, time; sys.stdout.write('ab'); sys.stdout.flush(); time.sleep(0.2); "
        "sys.stderr.write('told\\n'); sys.stderr.flush(); time.sleep(0.2); sys.stdout.write('cd\\nend')"
    )
    with stage(None, columns=44) as made:
        program = made.start([sys.executable, "-c", code], os.environ)
        assert program.read(lambda lines: "ab" in lines, WITHIN_S)
        assert program.end(WITHIN_S) == 0

    assert program.lines == ["abcd", "told", "end"]


def test_what_takes_too_long_is_told():
    """A program that says nothing, or does not end."""
    with stage(None, columns=40) as made:
        program = made.start([sys.executable, "-c", "import time; time.sleep(99)"], os.environ)
        with pytest.raises(Late):
            program.read(bool, 0.05)
        with pytest.raises(Late):
            program.end(0.05)


def test_a_folder_that_is_kept_is_new_or_empty_and_stays(tmp_path):
    """What was put there is there afterwards; a folder with files is left alone."""
    kept = tmp_path / "kept"
    with stage(str(kept), columns=40) as made:
        made.put({"toy/server.py": b"x = 1\n"})

    assert (kept / "toy" / "server.py").read_bytes() == b"x = 1\n"
    with pytest.raises(GnomonError, match="is not empty"), stage(str(kept), columns=40):
        pass
