"""A probe that was killed goes on where it was: nothing is lost, and nothing that was finished is asked again."""

import os
import signal
import subprocess
import sys

import pytest

from gnomon.core.errors import GnomonError
from gnomon.io.journal import Journal
from gnomon.probe.observation import IpcPlace, Observation, TcpPlace
from gnomon.probe.zmtp import Speaker

SEEN = (
    Observation(place=TcpPlace(host="x", address="127.0.0.1", port=1), state="closed"),
    Observation(
        place=TcpPlace(host="x", address="::1", port=2),
        state="zmtp",
        said=Speaker(version="3.1", mechanism="NULL", admission="open", socket_type="PULL", identity=b"\xff\n"),
    ),
    Observation(place=IpcPlace(path="/run/\n"), state="silent", detail="it closed the connection"),
)
# Writes results for ever, and says on its first line that it has begun.
WRITER = """
import sys
from gnomon.io.journal import Journal
from gnomon.probe.observation import Observation, TcpPlace
with Journal(sys.argv[1], "q") as journal:
    done = len(journal.done)
    for number in range(done, 60_000):
        journal.add(Observation(place=TcpPlace(host="x", address="127.0.0.1", port=number), state="closed"))
        if number == done + 50:
            print(done, flush=True)
"""


def test_results_come_back(tmp_path):
    """Whatever is in them."""
    path = str(tmp_path / "journal")
    with Journal(path, "q") as journal:
        assert journal.done == {}
        for seen in SEEN:
            journal.add(seen)

    with Journal(path, "q") as journal:
        assert list(journal.done.values()) == list(SEEN)


def test_kill_9_loses_nothing(tmp_path):
    """Killed again and again in the middle of writing: the finished results are all there, in order, each once."""
    path = tmp_path / "journal"
    before = 0
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True)
        found = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        process.stdout.close()

        assert found == before
        with Journal(str(path), "q") as journal:
            assert [place.port for place in journal.done] == list(range(len(journal.done)))
            before = len(journal.done)
    assert before > 200


def test_an_unfinished_line_is_cut_off(tmp_path):
    """As a full disk or a power cut leaves it."""
    path = tmp_path / "journal"
    with Journal(str(path), "q") as journal:
        journal.add(SEEN[0])
    whole = path.read_bytes()
    for cut in (whole + b'{"pl', whole[:-1], whole[:20], b""):
        path.write_bytes(cut)
        with Journal(str(path), "q") as journal:
            left = len(journal.done)
            journal.add(SEEN[1])
        with Journal(str(path), "q") as journal:
            assert len(journal.done) == left + 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"hello\n", "it is no journal"),
        (b"hello", "it is no journal"),
        (b"x" * 2_000_000, "it is no journal"),
        (b'{"journal":"gnomon probe","version":1,"question":"other"}\n', "another question"),
        (b'{"journal":"gnomon probe","version":1,"question":"q"}\n{"state":1}\n', "a line is no result"),
    ],
)
def test_other_files_are_left_as_they_are(tmp_path, content, why):
    """A file that is none, another probe's, or damaged in the middle."""
    path = tmp_path / "journal"
    path.write_bytes(content)

    with pytest.raises(GnomonError, match=why):
        Journal(str(path), "q")

    assert path.read_bytes() == content


def test_two_probes_do_not_share_one(tmp_path):
    """The second is refused."""
    path = str(tmp_path / "journal")
    with Journal(path, "q"), pytest.raises(GnomonError, match="another probe is writing"):
        Journal(path, "q")


def test_a_folder_that_is_not_there(tmp_path):
    """Is told."""
    with pytest.raises(GnomonError, match="No such file"):
        Journal(str(tmp_path / "none" / "journal"), "q")
