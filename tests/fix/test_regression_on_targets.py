"""The tests that come with an offer: they pass on the changed target, and fail where a part of it is undone."""

import pytest

from gnomon.core.patch import Patch
from gnomon.fix.offers import Wanted, offers
from gnomon.fix.protocol import Rewritten, merged
from gnomon.fix.rewriting import rewritten
from gnomon.fix.sources import Sources
from gnomon.scan.ends import channels
from tests.fix.scanned import found, knowledge, tree
from tests.fix.written import results

SERVER = """\
import pickle

import zmq


def main():
    context = zmq.Context()
    socket = context.socket(zmq.REP)
    socket.bind("tcp://*:5599")
    while True:
        request = pickle.loads(socket.recv())
        socket.send(pickle.dumps({"id": request["id"], "text": "hello"}))
"""
CLIENT = """\
import pickle

import zmq


def ask(number):
    socket = zmq.Context().socket(zmq.REQ)
    socket.connect("tcp://127.0.0.1:5599")
    socket.send(pickle.dumps({"id": 1, "name": "you"}))
    return pickle.loads(socket.recv())
"""
LAYOUTS = {
    "a package with tests": {
        "src/toy/__init__.py": "",
        "src/toy/server.py": SERVER,
        "src/toy/client.py": CLIENT,
        "tests/test_toy.py": "def test_it():\n    assert True\n",
        "tests/conftest.py": "import sys\nfrom pathlib import Path\n\n"
        'sys.path.insert(0, str(Path(__file__).parents[1] / "src"))\n',
    },
    "files beside one another": {"server.py": SERVER, "client.py": CLIENT},
}
UNPICKLES = "\n\nimport pickle\n\nloads = pickle.loads\n"
A_CODEC_THAT_UNPICKLES = """

import pickle


class Flawed(Codec):
    def decode(self, frames):
        return pickle.loads(bytes(frames[-1]))


CODEC = Flawed()
"""


def _changed(files, style):
    """(the target's files after the first offer, the generated module, its test file)."""
    target = tree(files)
    findings = found(target)
    made = offers(findings, channels(target, knowledge(), findings), Sources(target), Wanted(style=style))
    offer = next(offer for offer in made if offer.recipe in ("sockets", "payloads"))
    result = rewritten(
        {path: text.encode() for path, text in files.items()},
        merged([offer.patch, Patch(sections=offer.tests)]),
    )
    assert isinstance(result, Rewritten), result
    changed = {path: data.decode() for path, data in result.files.items()}
    (test,) = {section.path for section in offer.tests}
    (module,) = {section.path for section in offer.patch.sections}
    return files | changed, module, test


def _written(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("style", ["wire", "msgspec", "json", "hmac", "restrict"])
def test_what_comes_with_an_offer_holds_it(tmp_path, style, layout):
    """As changed they pass; with the server as it was, or a module that unpickles, those fail that are about it."""
    files, module, test = _changed(LAYOUTS[layout], style)
    server = next(path for path in files if path.endswith("server.py"))
    _written(tmp_path / "changed", files)
    _written(tmp_path / "undone", files | {server: SERVER})
    flawed = A_CODEC_THAT_UNPICKLES if style == "wire" else UNPICKLES
    _written(tmp_path / "flawed", files | {module: files[module] + flawed})

    passed, failed = results(tmp_path / "changed", test)[test]
    assert not failed
    assert len(passed) >= 4
    assert results(tmp_path / "undone", test)[test][1] == {
        name for name in passed if name.endswith("server_main_unpickles_nothing")
    }
    refuses = "reads_no_pickle" if style == "wire" else "refuses_a_pickle"
    assert any(name.endswith(refuses) for name in results(tmp_path / "flawed", test)[test][1])


DISPATCHING = """
import zmq


def main():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://*:7001")
    while True:
        job = socket.recv_pyobj()
        if job["op"] == "add":
            print(job["left"] + 1, job["right"].encode())
        elif job["op"] == "stop":
            break
        else:
            raise ValueError(job["op"])
"""
ANYBODY = """
import zmq


def tell(job):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.connect("tcp://127.0.0.1:7001")
    socket.send_pyobj(job)
"""


def test_types_that_are_read_from_use_make_their_round_trips(tmp_path):
    """With a sender that says nothing, and without any, the generated module and its tests hold."""
    both, module, test = _changed({"server.py": DISPATCHING, "client.py": ANYBODY}, "wire")
    alone, other, lonely = _changed({"lonely/server.py": DISPATCHING}, "msgspec")
    _written(tmp_path, both | alone)

    assert "op: str" in both[module]
    assert "op: str" in alone[other]
    told = results(tmp_path, ".")
    assert {test, lonely} == set(told)
    for passed, failed in told.values():
        assert not failed
        assert any("comes_back" in name for name in passed)
