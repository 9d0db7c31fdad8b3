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


SETTINGS = b"""
import os
import pickle

import zmq


class Config:
    host: str = "127.0.0.1"

    @staticmethod
    def from_environment():
        def setting(name, default):
            if default is not None:
                return os.getenv(name, str(default))
            return os.getenv(name)

        config = Config()
        config.host = setting("RECEIVER", config.host)
        config.host = setting("PEER", config.host)
        config.host = setting("OTHER", config.host)
        return config


def serve(config: Config):
    sock = zmq.Context().socket(zmq.PULL)
    sock.bind(f"tcp://{config.host}:5556")
    return pickle.loads(sock.recv())
"""


def test_settings_that_are_one_anothers_defaults_come_to_an_end() -> None:
    """As in LMCache 0.3.2: each is the default of each, at any depth, which took all memory. The first is told."""
    tree = Tree(target="app", files=(SourceFile(path="app/server.py", data=SETTINGS),))

    [found] = findings(tree, load())

    assert isinstance(found, Finding)
    assert found.endpoint is not None
    assert (found.endpoint.reach, found.site.span.line) == ("configurable", 28)
    assert "tcp://127.0.0.1:5556" in found.message


UNSEEN = b"""
import zmq
from toolbox.sockets import open_socket

job = open_socket(zmq.Context(), "tcp://*:5556", zmq.PULL, bind=True).recv_pyobj()
"""


def test_what_an_unseen_factory_does_is_told_as_an_assumption() -> None:
    """Role and reach name the factory and that it was not looked into; the confidence is not that of a socket seen."""
    tree = Tree(target="app", files=(SourceFile(path="app/server.py", data=UNSEEN),))

    [found] = findings(tree, load())

    assert isinstance(found, Finding)
    assert found.confidence == "medium"
    assert found.endpoint is not None
    assert [(it.claim, it.basis, it.site and it.site.line) for it in found.endpoint.evidence] == [
        ("role", "assumed", 5),
        ("reach", "assumed", 5),
    ]
    assert "`toolbox.sockets.open_socket`, which is not in the scanned tree" in found.endpoint.evidence[0].note
