"""An edit is judged by what its new lines bring, fragments by what their names and methods tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.core.edit import Edit
from gnomon.core.finding import Finding, Skipped
from gnomon.knowledge.load import load
from gnomon.scan.snippets import findings_of
from tests.scan.cases import ROOT

KNOWN = load()
RULE = "pickle-over-network"
BRINGS = {
    "two unbound names": "obj = pickle.loads(sock.recv())",
    "indented": "        obj = pickle.loads(self.sock.recv())\n        return obj",
    "one call": "self.socket.recv_pyobj()",
    "a variable named like a module": "obj = pickle.loads(socket.recv())",
    "asynchronous": "obj = await self.socket.recv_pyobj()",
    "a plain socket": "data = conn.recv(4096)\nobj = pickle.loads(data)",
    "half of a branch": "        data = sock.recv()\n    else:\n        return\n    x = pickle.loads(data)",
    "a loop over sockets": "for s in socks:\n    a, b = s.recv_multipart()\n    pickle.loads(b)",
    "a method": "def next(self):\n    return dill.loads(self._socket.recv())",
    "through the standard library": "obj = pickle.loads(zlib.decompress(sock.recv()))",
    "one import given": "import pickle\nobj = pickle.loads(sock.recv())",
    "an alias by custom": "np.load(BytesIO(sock.recv()), allow_pickle=True)",
    "a request": "obj = pickle.loads(request.data)",
    "an unfinished call": "obj = pickle.loads(sock.recv()",
}
SILENT = {
    "json": "obj = json.loads(sock.recv())",
    "a file": "obj = pickle.loads(open(path, 'rb').read())",
    "unknown data": "obj = pickle.loads(data)",
    "msgpack": "obj = msgpack.unpackb(sock.recv())",
    "a parameter named pickle": "def f(pickle, sock):\n    return pickle.loads(sock.recv())",
    "text in a comment": "# obj = pickle.loads(sock.recv())",
    "no code": "pickle the data that recv returns",
    "a module of its own": "from .codec import *\nobj = pickle.loads(sock.recv())",
}


@pytest.mark.parametrize("text", BRINGS.values(), ids=BRINGS)
def test_a_fragment_that_brings_the_flaw_is_recognised(text):
    """Without imports, creation or its indentation the flaw is found, with low confidence and unknown reach."""
    (finding,) = _network(text)

    assert finding.confidence == "low"
    assert finding.endpoint.reach in ("unknown", "configurable")
    assert "loads" in finding.site.code or "recv_pyobj" in finding.site.code or "load(" in finding.site.code


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_a_look_alike_is_silent(text):
    """JSON, files and data of unknown origin are no network finding."""
    assert _network(text) == []


def test_an_address_in_the_fragment_is_told():
    """If the fragment binds the socket, who can reach it is not unknown."""
    text = "sock = ctx.socket(zmq.PULL)\nsock.bind('tcp://*:5557')\nobj = pickle.loads(sock.recv())"

    (finding,) = _network(text)

    assert (finding.severity, finding.endpoint.reach, finding.endpoint.address) == (
        "critical", "any-host", "tcp://*:5557",
    )  # fmt: skip


def test_places_are_those_of_the_text_as_given():
    """Line and column count in the fragment, not in what it was completed to."""
    (finding,) = _network("    x = 1\n    obj = pickle.loads(self.sock.recv())\n")

    assert (finding.site.line, finding.site.span.column) == (2, 11)
    assert {step.site.line for step in finding.flow} == {2}


def test_only_what_new_lines_have_a_part_in_is_reported():
    """A flaw that was there is not reported again; it is when a new line gives it its address."""
    text = "import zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:5557')\nx = 1\ny = s.recv_pyobj()\n"

    def lines(*added):
        edit = Edit(path="server.py", data=text.encode(), added=frozenset(added))
        return [result.site.line for result in findings_of([edit], KNOWN)]

    assert lines(4) == []
    assert lines(3) == [5]
    assert lines(5) == [5]


def test_files_of_one_edit_are_seen_together():
    """A helper in one file and its call in the other make one finding."""
    wire = b"import pickle\n\n\ndef decode(data):\n    return pickle.loads(data)\n"
    server = b"import zmq\nfrom wire import decode\ns = zmq.Context().socket(zmq.REP)\ns.bind('tcp://*:1')\ndecode(s.recv())\n"

    (finding,) = findings_of([Edit(path="wire.py", data=wire), Edit(path="server.py", data=server)], KNOWN)

    assert finding.site.path == "wire.py"
    assert finding.endpoint.reach == "any-host"


def test_a_lost_line_is_told():
    """A line of a fragment that is no Python makes the answer incomplete."""
    results = list(findings_of([Edit(path="a.py", data=b"obj = pickle.loads(sock.recv())\nfoo bar\n")], KNOWN))

    assert [type(result) for result in results] == [Skipped, Finding]
    assert results[0].reason == "not Python by itself; analysed without line 2"


@pytest.mark.parametrize("path", sorted(ROOT.glob("same-function/*/*.py")), ids=lambda path: path.parent.name)
def test_a_whole_file_is_judged_as_in_a_scan(path):
    """A file that lacks nothing gives what the scan of that file alone gives."""
    from gnomon.core.tree import SourceFile, Tree
    from gnomon.scan.detect import findings

    data = path.read_bytes()
    scanned = list(findings(Tree(target="", files=(SourceFile(path=path.name, data=data),)), KNOWN))

    assert list(findings_of([Edit(path=path.name, data=data)], KNOWN)) == scanned


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_piece_of_a_file_can_be_judged(data):
    """Whatever lines are cut out of a flawed file, the answer is findings inside of them, or what was skipped."""
    lines = (ROOT / "same-function" / "recv_then_loads" / "server.py").read_text().split("\n")
    start = data.draw(st.integers(0, len(lines) - 1))
    end = data.draw(st.integers(start, len(lines)))
    piece = lines[start:end]

    for result in findings_of([Edit(path="piece.py", data="\n".join(piece).encode())], KNOWN):
        if isinstance(result, Finding):
            assert result.site.code == piece[result.site.line - 1].strip()


def _network(text: str) -> list[Finding]:
    results = findings_of([Edit(path="snippet.py", data=text.encode())], KNOWN)
    return [result for result in results if isinstance(result, Finding) and result.rule == RULE]
