"""Questions spread over processes are answered as they would be in turn, whatever happens to a process."""

import contextlib
import os
import signal
from pathlib import Path

import pytest

from gnomon.core.finding import Skipped
from gnomon.core.spread import IN_TURN
from gnomon.core.tree import SourceFile, Tree
from gnomon.io.workers import MAX_WORKERS, processors, spread
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings

SERVER = b"""import pickle
import zmq

def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://*:5555")
    return pickle.loads(socket.recv())
"""


def lost(question, why):
    """The answer to a question that was left unanswered."""
    return f"{question}: {why}"


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_answers_come_in_the_order_of_the_questions(workers):
    """However many processes answer, the first answer is that to the first question."""
    answers = list(spread(workers)(lambda number: number * number, range(40), int, lost))

    assert answers == [number * number for number in range(40)]


def test_the_questions_are_answered_by_other_processes():
    """Two workers answer, and neither is this process."""
    answers = set(spread(2)(lambda _: os.getpid(), range(40), int, lost))

    assert len(answers) <= 2
    assert os.getpid() not in answers


def test_an_answer_larger_than_a_pipe_holds_arrives_whole():
    """Answers of a megabyte and more are read to their ends."""
    answers = list(spread(2)(lambda number: str(number) * 1_500_000, range(4), str, lost))

    assert answers == [str(number) * 1_500_000 for number in range(4)]


def test_a_worker_that_dies_costs_its_own_question_only():
    """The question at which a process is killed is answered by `lost`, which is told how it ended; the others go on."""

    def ask(number: int) -> str:
        if number in (3, 4, 11):
            os.kill(os.getpid(), signal.SIGKILL)
        return str(number)

    answers = list(spread(2)(ask, range(14), str, lost))

    assert answers == [
        f"{number}: the process that was at it ended early (signal 9)" if number in (3, 4, 11) else str(number)
        for number in range(14)
    ]


def test_an_error_in_a_worker_is_a_lost_question():
    """What a question raises does not pass for an answer."""
    answers = list(spread(2)(lambda number: str(1 // number), range(3), str, lost))

    assert answers == ["0: the process that was at it ended early (exit code 1)", "1", "0"]


def test_what_no_document_can_hold_is_asked_here():
    """An answer with a file's name that is no text is found out by this process itself."""
    answers = list(spread(2)(lambda _: f"\udcff{os.getpid()}", range(3), str, lost))

    assert answers == [f"\udcff{os.getpid()}"] * 3


def test_no_process_and_no_pipe_is_left_behind():
    """After the answers, and after an error of this process, there are as many open files and children as before."""
    before, children = sorted(Path("/proc/self/fd").iterdir()), _children()

    list(spread(4)(str, range(20), str, lost))
    with pytest.raises(UnicodeEncodeError):
        list(spread(2)(lambda _: "\udcff".encode() and "", range(3), str, _raise))

    assert sorted(Path("/proc/self/fd").iterdir()) == before
    assert _children() == children


def _children():
    """Processes of this one, also those that have ended and were not waited for."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # of others that end meanwhile
            _, parent, *_ = path.read_text().rpartition(")")[2].split()
            if int(parent) == os.getpid():
                found.add(path.parent.name)
    return found


def _raise(question, why):
    raise UnicodeEncodeError("utf-8", why, question, question + 1, why)


def test_one_worker_is_this_process():
    """Nothing is forked for a single worker, nor are there ever more than MAX_WORKERS."""
    assert spread(1) is IN_TURN
    assert spread(1_000).workers == MAX_WORKERS
    assert processors() >= 1


def test_a_scan_gives_the_same_however_it_is_spread():
    """Findings and their order are the same with one worker and with three, names that are no text included."""
    names = [f"app/server{number}.py" for number in range(9)] + ["app/\udcff.py"]
    broken = SourceFile(path="app/broken.py", data=SERVER + b"print 'broken'\n")
    tree = Tree(target="app", files=(broken, *(SourceFile(path=name, data=SERVER) for name in names)))
    knowledge = load()

    alone = list(findings(tree, knowledge))
    together = list(findings(tree, knowledge, spread(3)))

    assert together == alone
    assert len([result for result in alone if not isinstance(result, Skipped)]) == 11
    assert [result.path for result in alone if isinstance(result, Skipped)] == ["app/broken.py"]
