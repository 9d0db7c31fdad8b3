"""`gnomon trace` and its further verbs: copies, states, lineage, learning, the index, and what a wrong call says."""

import json
import subprocess

import pytest

from tests.trace.code import SERVER

JSON = SERVER.replace("import pickle", "import json").replace("pickle.loads(body.buffer)", "json.loads(bytes(body))")
COPY = "# Copied from https://github.com/maker/framework/blob/v1/framework/queue.py\n" + SERVER.replace(
    "class Queue", "class Broadcaster"
)

REPORTED = """\
import zmq

def receive():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://*:5555")
    while True:
        yield socket.recv_pyobj()
"""


@pytest.fixture
def folder(tmp_path):
    """Makes a folder of one file."""

    def make(name, text, path="framework/queue.py"):
        file = tmp_path / name / path
        file.parent.mkdir(parents=True)
        file.write_text(text)
        return tmp_path / name

    return make


@pytest.fixture
def learned(gnomon, folder, tmp_path):
    """A folder of signatures: one, learned from a flawed and a repaired folder."""
    flawed, repaired = folder("flawed", SERVER), folder("repaired", JSON)
    options = ["--id", "framework-queue", "--repository", "maker/framework", "--title", "a queue that unpickles"]

    result = gnomon("trace", "learn", flawed, repaired, *options, "-o", tmp_path / "mine")

    assert (result.returncode, result.stderr) == (0, "")
    assert "finds its origin: 1 there, unfixed" in result.stdout
    return tmp_path / "mine"


def test_a_copy_is_found_by_what_was_learned(gnomon, folder, learned):
    """With what it says about itself, and exit code 1 while it is unsafe."""
    result = gnomon("trace", "--signatures", learned, folder("other", COPY, "other/bus.py"))

    assert (result.returncode, result.stderr) == (1, "")
    assert "UNFIXED a queue that unpickles" in result.stdout
    assert "in Broadcaster.dequeue" in result.stdout
    assert "says so itself, line 1" in result.stdout


def test_a_repaired_copy_is_clean(gnomon, folder, learned):
    """It is told, and the exit code is 0."""
    repaired = COPY.replace("import pickle", "import json").replace(
        "pickle.loads(body.buffer)", "json.loads(bytes(body))"
    )

    result = gnomon("trace", "--signatures", learned, folder("other", repaired, "other/bus.py"))

    assert (result.returncode, result.stderr) == (0, "")
    assert "fixed other/bus.py" in result.stdout


def test_several_targets_make_a_lineage(gnomon, folder, learned):
    """Each format has it: who says that it was copied is drawn as a copy of whom it names."""
    maker, other = folder("framework", SERVER), folder("other", COPY, "other/bus.py")
    answers = {
        name: gnomon("trace", "--signatures", learned, "--format", name, maker, other).stdout
        for name in ("text", "json", "dot", "svg")
    }
    told = json.loads(answers["json"])
    (edge,) = told["lineage"]["edges"]
    projects = {node["id"]: node["project"] for node in told["lineage"]["nodes"]}

    assert (projects[edge["source"]], projects[edge["target"]]) == ("framework", "other")
    assert edge["confidence"] == "high"
    assert "confidence high" in answers["text"]
    assert answers["dot"].startswith("digraph")
    assert "<svg" in answers["svg"]


def test_a_load_under_a_name_of_the_files_own_is_in_the_lineage(gnomon, folder):
    """Scan finds it, and no word of the function says it: copies of it in two targets are joined all the same."""
    text = """\
import pickle
import zmq

restore = pickle.loads

def receive(context, port):
    socket = context.socket(zmq.PULL)
    socket.bind(f"tcp://*:{port}")
    while True:
        identity, length, payload = socket.recv_multipart()
        if int.from_bytes(length, "little") != len(payload):
            raise ValueError("truncated")
        yield identity.decode(), restore(payload)

receive(zmq.Context(), 5555)
"""
    one, other = folder("one", text), folder("other", text, "other/bus.py")

    result = gnomon("trace", "--format", "json", one, other)

    (edge,) = json.loads(result.stdout)["lineage"]["edges"]

    assert edge["similarity"] == 1.0


def test_the_history_of_a_repository(gnomon, folder, learned, tmp_path):
    """When code came and when it was repaired is told by its commits."""
    other = folder("other", COPY, "other/bus.py")
    for day, text in (("2024-01-05", COPY), ("2024-03-05", COPY.replace("pickle.loads(body.buffer)", "bytes(body)"))):
        (other / "other" / "bus.py").write_text(text)
        for command in (["init", "-q", "."], ["add", "."], ["commit", "-qm", day]):
            identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
            environment = {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
            subprocess.run(["git", *identity, *command], cwd=other, env=environment, check=True)

    result = gnomon("trace", "--signatures", learned, "--history", "--format", "json", other)
    (node,) = [node for node in json.loads(result.stdout)["lineage"]["nodes"] if node["project"] == "other"]

    assert node["first_seen"] == "2024-01-05"
    assert node["first_seen_basis"] == "git history"
    assert [moment["state"] for moment in node["moments"]][:2] == ["unfixed", "fixed"]


def test_a_commit_can_be_learned(gnomon, folder, tmp_path):
    """The commit of a repair is enough: what it changed is the flaw and its repair."""
    repository = folder("framework", SERVER)
    for text in (SERVER, JSON):
        (repository / "framework" / "queue.py").write_text(text)
        for command in (["init", "-q", "."], ["add", "."], ["commit", "-qm", "change"]):
            identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
            subprocess.run(["git", *identity, *command], cwd=repository, check=True, env={"PATH": "/usr/bin:/bin"})

    result = gnomon("trace", "learn", f"{repository}@HEAD")

    assert (result.returncode, result.stderr) == (0, "")
    assert 'kind = "fixed"' in result.stdout
    assert 'qualname = "Queue.dequeue"' in result.stdout
    assert "frames" not in result.stdout  # no code


def test_one_function_can_be_learned(gnomon, folder):
    """By its line, or by its name."""
    target = folder("framework", SERVER)
    by_line = gnomon("trace", "learn", target, "--at", "queue.py:28")
    by_name = gnomon("trace", "learn", target, "--at", "framework/queue.py::Queue.dequeue")

    assert by_line.returncode == by_name.returncode == 0
    assert by_line.stdout == by_name.stdout


def test_the_rule_that_reports_a_learned_function_is_told(gnomon, folder):
    """Whoever names the function need not name its finding."""
    target = folder("framework", REPORTED)

    result = gnomon("trace", "learn", target, "--at", "framework/queue.py::receive")

    assert 'rule = "pickle-over-network"' in result.stdout
    assert "`recv_pyobj()` unpickles bytes from" in result.stdout


def test_a_function_is_found_in_the_index(gnomon, folder, tmp_path):
    """After its project was indexed, under whatever name it has there; what is seen twice is kept once."""
    index = tmp_path / "functions.sqlite"
    first = gnomon("trace", "index", "--index", index, folder("framework", SERVER))
    again = gnomon("trace", "index", "--index", index, folder("again", SERVER))
    copy = folder("other", COPY, "other/bus.py") / "other" / "bus.py"

    result = gnomon("trace", "like", f"{copy}:29", "--index", index)

    assert "1 file, 2 new functions" in first.stdout
    assert "1 file, 0 new functions" in again.stdout
    assert result.returncode == 1
    assert "framework/queue.py:18 Queue.dequeue and 1 more place" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "problem", "remedy"),
    [
        (["trace"], "nothing to trace was named", "gnomon trace ."),
        (["trace", "no-such-folder"], "no-such-folder does not exist", "gnomon trace pypi:no-such-folder"),
        (["trace", "--format", "sarif", "."], "'sarif' is not one of", "gnomon trace --help"),
        (["trace", "--signatures", ".", "."], "there are no signatures in .", "gnomon trace learn SOURCE -o ."),
        (["trace", "-o", "no/such/file", "."], "there is no folder no/such", "mkdir -p no/such"),
        (["trace", "learn"], "learning takes one source or two", "gnomon trace learn --help"),
        (["trace", "learn", "."], "", ""),
        (["trace", "learn", ".", "--id", "No Id"], "'No Id' is no id for a signature", "lower-case words"),
        (["trace", "index"], "nothing to index was named", "gnomon trace index pypi:"),
        (["trace", "like", "server.py"], "'server.py' names no line of a file", "gnomon trace like server.py:41"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_what_to_type(gnomon, arguments, problem, remedy):
    """One problem, one remedy, no traceback."""
    result = gnomon(*arguments)

    assert result.returncode in (2, 3)
    assert result.stderr.startswith("gnomon: ")
    assert problem in result.stderr.splitlines()[0]
    assert remedy in result.stderr.partition("\ntry: ")[2]
    assert "Traceback" not in result.stderr


def test_a_broken_signature_is_named(gnomon, folder, learned):
    """File and field of it."""
    (file,) = (learned / "signatures").iterdir()
    file.write_text(file.read_text().replace("format = 1", "format = 9"))
    other = gnomon("trace", "--signatures", learned, folder("other", COPY))
    file.write_text(file.read_text().replace("format = 9", "format = 1").replace('role = "sink"', 'role = "drain"'))
    wrong = gnomon("trace", "--signatures", learned, learned)

    assert "framework-queue.toml: it has format 9" in other.stderr
    assert "drain" in wrong.stderr
    assert "framework-queue.toml" in wrong.stderr
    assert other.returncode == wrong.returncode == 2


def test_what_cannot_be_read_is_told(gnomon, folder, learned):
    """A file that may hold a copy and can't be parsed makes the answer incomplete."""
    broken = folder("broken", "import pickle\npickle.loads(((\n" * 100)
    (broken / "good.py").write_text(COPY)

    result = gnomon("trace", "--signatures", learned, broken)

    assert result.returncode == 4
    assert "UNFIXED" in result.stdout
    assert "framework/queue.py" in result.stdout
