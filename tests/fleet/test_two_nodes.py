"""A cluster of two nodes: the answers of one machine, and all of them, whatever is killed. Strangers get nothing."""

import os
import signal
import tarfile
import zipfile

import pytest

from tests.fleet.conftest import ADDRESS, certificate
from tests.fleet.tasks import digest

pytestmark = pytest.mark.xdist_group("fleet")

FLAWED = """
import pickle, zmq

def serve(port):
    socket = zmq.Context().socket(zmq.REP)
    socket.bind(f"tcp://*:{port}")
    return pickle.loads(socket.recv())
"""
KEPT = ("targets/*", "parts/*", "*.parquet")
TARGETS = [f"t{number}" for number in range(4)]


@pytest.fixture
def right():
    """The answers to the targets of these tests."""
    return {target: digest(target).hex() for target in ("held-a", "held-b", *TARGETS)}


def test_answers_are_those_of_one_machine(fleet, tmp_path):
    """Byte for byte: of archives and folders with and without a flaw, of a broken one, and of one that is missing."""
    with zipfile.ZipFile(tmp_path / "flawed.zip", "w") as archive:
        archive.writestr("served/server.py", FLAWED)
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "server.py").write_text(FLAWED.replace("pickle.loads", "print"))
    with tarfile.open(tmp_path / "both.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "clean", "both")
        archive.add(tmp_path / "flawed.zip", "both/flawed.zip")
    (tmp_path / "broken.whl").write_bytes(b"PK\x03\x04 and nothing else")
    (tmp_path / "list.txt").write_text("./flawed.zip\n./clean\n./both.tar.gz\n./broken.whl\n./missing.zip\n")

    there = fleet.survey(tmp_path, "list.txt", "-o", "there", "--cluster", "10.77.1.1:8786")
    here = fleet.survey(tmp_path, "list.txt", "-o", "here", "--workers", "2")

    assert there[0] == here[0] == 4, there[1] + here[1]
    assert _kept(tmp_path / "there") == _kept(tmp_path / "here")
    [flawed] = (tmp_path / "there" / "targets").glob("*flawed.zip*")
    assert "pickle-over-network" in flawed.read_text()


def _kept(folder):
    """Name -> bytes of all that a survey keeps of its targets, and of the tables."""
    return {path.relative_to(folder): path.read_bytes() for part in KEPT for path in sorted(folder.glob(part))}


def test_a_worker_that_is_killed_costs_no_answer(fleet, tmp_path, right):
    """Its target goes to another, and is the only one that is asked twice."""
    fleet.begin("held", ADDRESS, str(tmp_path), *right)
    killed, other = fleet.workers(tmp_path, 2)

    os.kill(killed, signal.SIGKILL)
    again = fleet.workers(tmp_path, 3)[2]
    (tmp_path / "gate").touch()

    assert fleet.end() == right
    assert killed not in (other, again)
    begun = [line.split()[0] for line in (tmp_path / "begun").read_text().splitlines()]
    assert sorted(begun) == sorted([*right, begun[0]])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"gnomon": "9"}, "has gnomon 1, not 9"),
        ({"knowledge": "9"}, "has other rules, models or signatures"),
        ({"python": "3.99"}, "not 3.99"),
        ({"folder": "/nowhere"}, "has no folder /nowhere"),
    ],
)
def test_workers_that_would_answer_otherwise_are_not_asked(fleet, changed, told):
    """Another gnomon, other knowledge, another Python, a folder that is not there: told before the first target."""
    kind, problem, remedy = fleet.ask("refused", ADDRESS, {}, changed)

    assert kind == "TargetError"
    assert "workers can't answer as this machine would" in problem
    assert told in problem
    assert remedy.startswith("give them Python 3.")


def test_workers_that_differ_later_give_no_answer(fleet, tmp_path):
    """Workers that came with other tools after the look at all: the run ends before any of them has answered."""
    kind, problem = fleet.ask("late", ADDRESS, str(tmp_path), "t")

    assert (kind, problem) == ("TargetError", "every worker of the cluster has another gnomon by now.")
    assert not (tmp_path / "begun").exists()


def test_a_stranger_is_refused(fleet, tmp_path):
    """Without a certificate, with one of another authority, and in the open: nothing is asked of the cluster."""
    certificate(tmp_path)
    ours = "distributed.comm.tls.client"
    strange = {f"{ours}.cert": str(tmp_path / "fleet.pem"), f"{ours}.key": str(tmp_path / "fleet.key")}

    without = fleet.ask("refused", ADDRESS, {f"{ours}.cert": None}, {})
    other = fleet.ask("refused", ADDRESS, strange, {})
    plain = fleet.ask("refused", ADDRESS.replace("tls", "tcp"), {}, {})

    assert "CLIENT__CERT not set" in without[1]
    assert other[0] == "Unavailable"
    assert "no cluster answers" in other[1]  # TLS's own words differ with who closes first
    assert "can run code on that cluster" in plain[1]


def test_a_node_that_is_lost_costs_no_answer(fleet, tmp_path, right):
    """All its processes at once: what was at work there is asked elsewhere."""
    fleet.begin("held", ADDRESS, str(tmp_path), *right)
    fleet.workers(tmp_path, 2)

    fleet.nodes.lose("second")
    (tmp_path / "gate").touch()

    assert fleet.end() == right


def test_a_cluster_without_workers_is_left(fleet, tmp_path):
    """Once there has been none for as long as a run waits."""
    fleet.begin("abandoned", ADDRESS, str(tmp_path), "held-a", "t")
    fleet.workers(tmp_path, 1)

    fleet.lose_nodes()

    kind, problem = fleet.end()
    assert (kind, problem) == ("Unavailable", f"the cluster at {ADDRESS} has had no worker for 1 s.")


def test_a_scheduler_that_is_lost_is_told(fleet, tmp_path):
    """The run ends with what to do; nothing waits for ever."""
    fleet.node("first")
    fleet.begin("briefly", ADDRESS, str(tmp_path), "held-a", "t")
    fleet.workers(tmp_path, 1)

    fleet.nodes.lose("scheduler")

    kind, problem = fleet.end()
    assert kind == "Unavailable"
    assert problem.startswith(f"the scheduler at {ADDRESS} is gone")
