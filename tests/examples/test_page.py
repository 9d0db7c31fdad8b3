"""docs/from-pickle.md tells the truth: what it quotes is what is said, what it counts is what is found."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gnomon.wire import Codec, Context, EncodeError, Key, KeyRing, Refused, WireError, zmq
from gnomon.wire.hooks import RemoteError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "from-pickle.md").read_text(encoding="utf-8")


@dataclass
class Extra:
    """Of no type that anybody declared."""

    number: int = 0


@dataclass
class Unknown:
    """Not registered."""

    number: int = 0


@dataclass
class Job:
    """As the page's table has it."""

    id: int = 0
    score: float = 0.0
    extra: Any = None
    error: Exception | None = None


def _sent(value: object, codec: Codec | None = None) -> object:
    codec = codec or Codec()
    return codec.decode(codec.encode(value))


def _open(made: type[Context] = Context) -> Context:
    return made(keys=KeyRing(keys=(Key.new(),)))


def _with_socket(use: Callable[..., object], kind: int = zmq.DEALER, made: type[Context] = Context) -> None:
    with _open(made) as context, context.socket(kind) as socket:
        use(socket)


PITFALLS = {
    "Any: is of type tuple; here, where no type is declared, only plain values and arrays can be": lambda: _sent((1,)),
    "Job.extra: is of type server.Extra; here, where no type is declared": lambda: _sent(
        Job(extra=Extra()), Codec(Job)
    ),
    "Unknown: is not of a registered type": lambda: _sent(Unknown(), Codec(Job)),
    "is of type function": lambda: _sent(lambda: None),
    "Job.score: is of type numpy.float32, which can't be sent as what the field is declared to be": lambda: _sent(
        Job(score=np.float32(1.5)), Codec(Job)
    ),
    "has a key of type tuple; only texts and ints can be keys": lambda: _sent({(1, 2): 3}),
    "has elements of type object: make them numbers": lambda: _sent(np.array([object()])),
    "a buffer has 1000000001 bytes, more than 1000000000": lambda: _sent(np.empty(1_000_000_001, np.uint8)),
}
NOT_THERE = {
    "AttributeError: a socket of gnomon.wire has no send_json: send_obj and recv_obj": lambda: _with_socket(
        lambda socket: socket.send_json({})
    ),
    "WireError: a message goes as one": lambda: _with_socket(lambda socket: socket.send_pyobj(1, zmq.SNDMORE)),
    "TypeError": lambda: _with_socket(lambda socket: socket.send_pyobj(1, protocol=5)),
    "AttributeError: gnomon.wire.zmq has no proxy": lambda: zmq.proxy(1, 2),
    "WireError: option CURVE_SERVER is not for a socket of gnomon.wire": lambda: _with_socket(
        lambda socket: setattr(socket, "curve_server", True)
    ),
    "WireError: option RCVTIMEO is not for a socket of gnomon.wire": lambda: _with_socket(
        lambda socket: setattr(socket, "rcvtimeo", 500), made=zmq.asyncio.Context
    ),
    "WireError: there is no socket type": lambda: _with_socket(print, zmq.XPUB),
    "WireError: inproc:// knows no keys": lambda: _with_socket(lambda socket: socket.bind("inproc://x")),
    "WireError: this socket binds already": lambda: _with_socket(
        lambda socket: (socket.bind("tcp://127.0.0.1:*"), socket.connect("tcp://127.0.0.1:1"))
    ),
}


@pytest.mark.parametrize("told", PITFALLS)
def test_a_pitfall_is_told_as_the_page_says(told):
    """By the sender, with the words that the page quotes."""
    with pytest.raises(EncodeError) as raised:
        PITFALLS[told]()

    assert told in str(raised.value).replace(f"{__name__}.", "server.")
    assert f"`{told}`" in PAGE


@pytest.mark.parametrize("told", NOT_THERE)
def test_what_is_not_there_says_so_as_the_page_says(told):
    """The class of the error, and how its words begin."""
    with pytest.raises((AttributeError, TypeError, WireError)) as raised:
        NOT_THERE[told]()

    assert f"{raised.type.__name__}: {raised.value}".startswith(told)
    assert f"`{told}`" in PAGE


def test_an_exception_arrives_as_its_name_and_text():
    """And never as an object of its class."""
    error = _sent(Job(error=KeyError("x")), Codec(Job)).error

    assert (type(error), error.name, error.text) == (RemoteError, "KeyError", "'x'")


def test_a_value_that_the_sender_does_not_look_at_is_refused_by_the_receiver():
    """A number, text or nothing in the place of one another."""
    with pytest.raises(Refused) as raised:
        _sent(Job(id=None), Codec(Job))

    assert raised.value.reason == "wrong-type"


def test_an_array_is_refused_where_numpy_was_never_imported():
    """By the words that the page quotes, since nothing is imported because a message says so."""
    told = "it holds an array: import numpy to receive such"
    program = "import sys; from gnomon.wire import Codec; Codec().decode([bytes.fromhex(sys.argv[1])])"
    [frame] = Codec().encode(np.zeros(3, np.float32))

    ended = subprocess.run([sys.executable, "-c", program, frame.hex()], capture_output=True, text=True, check=False)

    assert told in ended.stderr
    assert f"`{told}`" in PAGE


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_socket_made_before_fork_says_so():
    """In the child, and as the page quotes it."""
    told = "the socket was made before fork: make a context and sockets in the child"
    reading, writing = os.pipe()
    with _open() as context, context.socket(zmq.PUSH) as socket:
        child = os.fork()
        if not child:
            try:
                socket.send_pyobj(1)
            except WireError as error:
                os.write(writing, str(error).encode())
            os._exit(0)
        os.waitpid(child, 0)
    os.close(writing)

    assert os.read(reading, 1_000).decode() == told
    assert f"`{told}`" in PAGE
    os.close(reading)


@pytest.mark.parametrize(
    ("version", "sites"),
    [
        (
            "before",
            {
                ("broker.py", "take_request"),
                ("broker.py", "take_results"),
                ("front.py", "receive"),
                ("worker.py", "main"),
            },
        ),
        ("swapped", set()),
        ("after", set()),
    ],
)
def test_the_scan_finds_the_flaw_where_it_is(version, sites):
    """All four places of the first version, and nothing in the others."""
    command = [
        sys.executable,
        "-m",
        "gnomon",
        "scan",
        f"examples/inference/{version}",
        "--format",
        "json",
        "--no-cache",
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = json.loads(ended.stdout)["findings"]

    assert {(each["path"], each["qualname"].rpartition(".")[2]) for each in found} == sites
    assert len(found) == len(sites)
    assert ended.returncode == bool(sites)


def test_the_shown_output_is_of_this_form(start, ask):
    """What `ask.py` prints, but for its figures."""
    [shown] = re.findall(r"^\$ python examples/inference/ask.py\n(.+)$", PAGE, re.MULTILINE)

    code, printed = ask(start("after"), 300)

    assert code == 0
    assert _without_figures(printed.strip()) == _without_figures(shown)


def test_the_two_protocols_run_side_by_side(start, ask):
    """Each on its own ports: so traffic is moved over, and back."""
    old, new = start("before"), start("after")

    assert [ask(server, 50)[0] for server in (old, new, old)] == [0, 0, 0]


def _without_figures(line):
    return re.sub(r"[\d.]+", "#", line)
