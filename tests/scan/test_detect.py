"""What the engine says of places it can't analyse."""

from msgspec.structs import replace

from gnomon.core.finding import Finding, Skipped
from gnomon.core.model import Knowledge, Model, SinkModel
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings

SERVER = b"""
import pickle
import zmq

sock = zmq.Context().socket(zmq.PULL)
sock.bind("tcp://*:5556")
job = pickle.loads(sock.recv())
"""
BROKEN = b"""
import brittle

value = brittle.loads(b"")
"""


def _brittle() -> Knowledge:
    """The shipped knowledge and a sink whose selector no analysis can take: a digit that is no number."""
    knowledge = load()
    sink = SinkModel(api=("brittle.loads",), input="\N{SUPERSCRIPT TWO}")
    model = Model(library="brittle", modules=("brittle",), link="https://example.org/brittle", sink=(sink,))
    return replace(knowledge, models=(*knowledge.models, model))


def test_an_error_in_one_place_hides_no_other() -> None:
    """A site whose analysis fails is listed as skipped, with its line and the error; its neighbour is reported."""
    tree = Tree(
        target="app",
        files=(SourceFile(path="app/broken.py", data=BROKEN), SourceFile(path="app/server.py", data=SERVER)),
    )

    answers = tuple(findings(tree, _brittle()))

    assert [(it.site.path, it.rule) for it in answers if isinstance(it, Finding)] == [
        ("app/server.py", "pickle-over-network")
    ]
    assert [it for it in answers if isinstance(it, Skipped)] == [
        Skipped(path="app/broken.py", reason="internal error near line 4 (ValueError): please report it")
    ]


def test_a_method_of_the_same_name_does_not_take_what_a_call_needs() -> None:
    """A call was found: what else may be one is looked for with a part of the budget, however much it would take."""
    names = [f"codec_{number}" for number in range(2_000)]
    costly = "\n".join(
        ["# no wire", *(f"{name} = make({name!r})" for name in names), f"({' or '.join(names)}).decode(b'')"]
    )
    wire = "import pickle\n\ndef decode(data):\n    return pickle.loads(data)\n"
    server = SERVER.replace(b"import pickle", b"from wire import decode").replace(b"pickle.loads", b"decode")
    files = {"other/wire.py": costly.encode(), "server.py": server, "wire.py": wire.encode()}
    tree = Tree(target="app", files=tuple(SourceFile(path=path, data=data) for path, data in files.items()))

    (found,) = (it for it in findings(tree, load()) if isinstance(it, Finding) and it.rule == "pickle-over-network")

    assert (found.site.path, found.site.line) == ("wire.py", 4)
