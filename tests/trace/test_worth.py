"""Of a target only what can be a copy, or load, is parsed and compared; nothing else is lost."""

import ast
from textwrap import dedent

import pytest

from gnomon.core.signature import Origin, Signature
from gnomon.python.words import Words
from gnomon.trace.learning import Chosen, Draft, learned, named
from gnomon.trace.reading import units_of
from gnomon.trace.worth import Worth
from tests.trace.code import SERVER, SINKS, place

OTHERS = "\n".join(
    f"""
class Layer{number}:
    def forward(self, hidden):
        \"\"\"Long enough to be left out of a file's outline, and without a word of any flaw.\"\"\"
        residual = hidden
        hidden = self.norm(hidden) + self.attention(hidden, number={number})
        return self.output(hidden) + residual * {number} - self.scale * {number}
        # a comment behind the end
"""
    for number in range(20)
)
ENDPOINT = """
import zmq


def listen(context, path, port):
    socket = context.socket(zmq.ROUTER)
    socket.setsockopt(zmq.RCVHWM, 0)
    handshake_before_dispatch(socket, path)
    socket.bind(f"tcp://*:{port}")
    return announce_to_registry(socket, port)
"""


def _signature(text: str, qualname: str, path: str = "framework/queue.py") -> Signature:
    at = place(text, path)
    unit = named(at, qualname)
    assert unit is not None
    draft = Draft(id="known", title="", explanation="", origin=Origin(project="framework", release="1"))
    return learned(draft, [Chosen(path, unit, "sink" if unit.loads else "endpoint")])


QUEUE = _signature(SERVER, "Queue")
LISTEN = _signature(ENDPOINT, "listen")


def _files(worth: Worth, texts: dict[str, str]) -> list[str]:
    data = {path: dedent(text).encode() for path, text in texts.items()}
    return worth.files(data, Words(data))


def _names(worth: Worth, text: str) -> list[str]:
    data = dedent(text).encode()
    return [node.name for node in worth.wanted(ast.parse(data), "a/b.py", data)]


def test_files_without_a_load_or_known_names_are_not_read():
    """A file that loads, one with the names of a definition, and one that has neither."""
    texts = {"load.py": SERVER, "endpoint.py": ENDPOINT, "other.py": OTHERS}

    assert _files(Worth(SINKS, [LISTEN]), texts) == ["load.py", "endpoint.py"]
    assert _files(Worth(SINKS, []), texts) == ["load.py"]


def test_what_loads_is_wanted_and_its_neighbours_are_not():
    """In a file with twenty classes and one queue only the queue is compared."""
    assert _names(Worth(SINKS, []), SERVER + OTHERS) == ["Queue"]


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("import pickle", "pickle.loads(data)"),
        ("import pickle as p", "p.loads(data)"),
        ("from pickle import loads", "loads(data)"),
        ("from pickle import loads as restore", "restore(data)"),
        ("import torch", "torch.load(data)"),
        ("", "socket.recv_pyobj()"),
    ],
)
def test_a_load_is_seen_under_every_name_that_an_import_gives_it(head, call):
    """The module's name, another one for it, and another one for the function."""
    text = f"{head}\n\ndef read(data, socket):\n    return {call}\n\n\ndef other(data):\n    return data\n"

    assert _names(Worth(SINKS, []), text) == ["read"]


def test_a_common_name_is_a_load_only_of_its_module():
    """`load` of a configuration beside `torch.load`."""
    text = """
        import torch

        def weights(path):
            return torch.load(path)

        def settings(path):
            return load(path)
    """

    assert _names(Worth(SINKS, []), text) == ["weights"]


def test_code_without_a_load_is_wanted_for_the_names_of_a_definition():
    """Renamed, and one of its calls gone."""
    copied = ENDPOINT.replace("listen", "open_port").replace("    socket.setsockopt(zmq.RCVHWM, 0)\n", "")

    assert _names(Worth(SINKS, [LISTEN]), copied) == ["open_port"]
    assert _names(Worth(SINKS, []), copied) == []


def test_what_is_called_as_in_a_signature_is_wanted():
    """A repair may have left nothing else of it."""
    repaired = "def listen(context, path, port):\n    return serve(path)\n"

    assert _names(Worth(SINKS, [LISTEN]), repaired) == ["listen"]
    assert _files(Worth(SINKS, [LISTEN]), {"a.py": repaired}) == ["a.py"]


@pytest.mark.parametrize("filler", ["", OTHERS], ids=["parsed at once", "parsed in parts"])
def test_units_are_the_same_whether_all_are_made_or_some(filler):
    """Lines, hashes and facts of those that are wanted."""
    data = (filler + SERVER.replace("class Queue:", "@decorated\nclass Queue:") + filler).encode()
    everything, _ = units_of("framework/queue.py", data, SINKS)
    some, problem = units_of("framework/queue.py", data, SINKS, Worth(SINKS, [QUEUE]))

    assert problem == ""
    assert [unit.qualname for unit in some] == ["Queue.__init__", "Queue.dequeue", "Queue"]
    assert list(some) == [unit for unit in everything if unit.qualname.startswith("Queue")]


def test_a_broken_line_is_told_where_it_matters():
    """In what is compared, not in what is not."""
    broken = SERVER.replace("self.counter += 1", "self.counter +=")
    elsewhere = OTHERS.replace("residual = hidden", "residual =", 1)
    worth = Worth(SINKS, [QUEUE])

    found, problem = units_of("a.py", (OTHERS + broken).encode(), SINKS, worth)
    assert [unit.qualname for unit in found] == ["Queue.__init__", "Queue.dequeue", "Queue"]
    assert "not this Python's syntax" in problem

    found, problem = units_of("a.py", (elsewhere + SERVER).encode(), SINKS, worth)
    assert [unit.qualname for unit in found] == ["Queue.__init__", "Queue.dequeue", "Queue"]
    assert problem == ""


def test_the_version_is_that_of_what_is_chosen():
    """The same for the same signatures, another for others: kept units hang on it."""
    assert Worth(SINKS, [QUEUE]).version == Worth(SINKS, [QUEUE]).version
    assert len({Worth(SINKS, known).version for known in ([], [QUEUE], [LISTEN], [QUEUE, LISTEN])}) == 4
    assert Worth(SINKS, []).version != Worth(frozenset({"pickle.loads"}), []).version
