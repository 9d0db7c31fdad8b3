"""Wide addresses are narrowed where they are written, as a suggestion that says who is cut off and what stays."""

import pytest

from gnomon.fix.recipes.endpoints import offer
from gnomon.fix.sources import Sources
from tests.fix.scanned import applied, channel_of, found, tree

HEAD = """\
import argparse
import os
import pickle
import socket
from dataclasses import dataclass, field

import zmq

"""
PULL = "    s = zmq.Context().socket(zmq.PULL)\n"
RECEIVE = "    return pickle.loads(s.recv())\n"
WRITTEN = {
    "a literal": ('def main():\n$PULL    s.bind("tcp://*:5555")  # all\n$RECEIVE', '"tcp://*:5555"'),
    "IPv6 is kept": ("def main():\n$PULL    s.bind('tcp://[::]:5555')\n$RECEIVE", "'tcp://[::]:5555'"),
    "an f-string": ('def main(port):\n$PULL    s.bind(f"tcp://0.0.0.0:{port}")\n$RECEIVE', 'f"tcp://0.0.0.0:{port}"'),
    "a format": ('def main(port):\n$PULL    s.bind("tcp://*:%d" % port)\n$RECEIVE', '"tcp://*:%d"'),
    "a name": (
        """\
def main():
    address = "tcp://*:5555"
$PULL    s.bind(address)
$RECEIVE""",
        '"tcp://*:5555"',
    ),
    "a constant": (
        """\
HOST = "0.0.0.0"


def main():
$PULL    s.bind(f"tcp://{HOST}:5555")
$RECEIVE""",
        'HOST = "0.0.0.0"',
    ),
    "a parameter's default": (
        """\
def main(host="0.0.0.0"):
$PULL    s.bind(f"tcp://{host}:5555")
$RECEIVE""",
        'host="0.0.0.0"',
    ),
    "a dataclass's field": (
        """\
@dataclass
class Config:
    host: str = "0.0.0.0"


def main(config: Config):
$PULL    s.bind(f"tcp://{config.host}:5555")
$RECEIVE""",
        'host: str = "0.0.0.0"',
    ),
    "a field with more to say": (
        """\
@dataclass
class Config:
    host: str = field(default="0.0.0.0")


def main(config: Config):
$PULL    s.bind(f"tcp://{config.host}:5555")
$RECEIVE""",
        'field(default="0.0.0.0")',
    ),
    "an attribute": (
        """\
class Server:
    def __init__(self, host="0.0.0.0"):
        self.host = host

    def run(self):
        s = zmq.Context().socket(zmq.PULL)
        s.bind(f"tcp://{self.host}:5555")
        return pickle.loads(s.recv())
""",
        'host="0.0.0.0"',
    ),
    "a variable": (
        """\
def main():
    host = os.environ.get("WORKER_HOST", "0.0.0.0")
$PULL    s.bind("tcp://%s:5" % host)
$RECEIVE""",
        '"WORKER_HOST", "0.0.0.0"',
    ),
    "an option": (
        """\
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="0.0.0.0")
    args = parser.parse_args()
$PULL    s.bind(f"tcp://{args.host}:5")
$RECEIVE""",
        'default="0.0.0.0"',
    ),
    "a property": (
        """\
class Addresses:
    @property
    def bind(self):
        return "tcp://*:5555"


def main(addresses: Addresses):
$PULL    s.bind(addresses.bind)
$RECEIVE""",
        '"tcp://*:5555"',
    ),
    "a function": (
        """\
def address(port):
    return f"tcp://*:{port}"


def main():
$PULL    s.bind(address(5555))
$RECEIVE""",
        'f"tcp://*:{port}"',
    ),
    "an empty host": (
        """\
def main():
    s = socket.socket()
    s.bind(("", 9000))
    s.listen()
    c, _ = s.accept()
    return pickle.loads(c.recv(100))
""",
        '("", 9000)',
    ),
}
"""Code that binds, and the part of it that changes."""
NARROW = [("[::]", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("*", "127.0.0.1"), ('""', '"127.0.0.1"')]


def _code(case):
    return HEAD + WRITTEN[case][0].replace("$PULL", PULL).replace("$RECEIVE", RECEIVE)


def _offer(files, at=0):
    target = tree(files)
    finding = found(target)[at]
    return offer(channel_of(target, finding), (finding,), Sources(target)), finding


@pytest.mark.parametrize("case", WRITTEN)
def test_the_literal_is_narrowed_and_all_else_is_kept(case):
    """Wherever it stands; the finding is milder afterwards, and the suggestion says that it is there still."""
    files, old = {"server.py": _code(case)}, WRITTEN[case][1]
    new = next(old.replace(wide, narrow) for wide, narrow in NARROW if wide in old)

    made, finding = _offer(files)

    changed = applied(files, made.patch)
    assert made.standing == "suggested"
    assert changed == {"server.py": files["server.py"].replace(old, new)}
    assert finding.endpoint.reach in ("any-host", "configurable")
    (after,) = found(tree(changed))
    assert after.fingerprint == finding.fingerprint
    assert after.endpoint.reach == "this-host" or "127.0.0.1" in str(after.endpoint.evidence)
    assert "a peer on another host can't connect any more" in made.why
    assert any("removes nothing" in why for why in made.why)


def test_an_option_and_a_class_of_the_same_name_are_kept_apart():
    """The default that is read changes, the other one stays."""
    other = '\n\n@dataclass\nclass Other:\n    host: str = "0.0.0.0"\n'
    files = {"server.py": _code("an option") + other}

    made, _ = _offer(files)

    assert [item.pieces for item in made.patch.replacements] == [('"127.0.0.1"',)]
    assert 'host: str = "0.0.0.0"' in applied(files, made.patch)["server.py"]
    assert made.title == "Make `127.0.0.1` the default of `--host`, in place of `0.0.0.0` (server.py:11)"
    assert "every start without `--host` gets it too" in made.why


def test_what_else_uses_the_value_is_said():
    """Other lines that name a constant, and callers that rely on a default."""
    code = _code("a constant") + "\n\ndef other():\n    print(HOST)\n"

    made, _ = _offer({"server.py": code})

    assert "`HOST` is named at server.py:9, server.py:14, server.py:19" in made.why


def test_a_peer_that_connects_by_a_routable_address_follows():
    """Its literal changes too if it has the port, and one that is computed is told."""
    files = {
        "server.py": _code("a literal"),
        "client.py": 'import pickle\n\nimport zmq\n\n\ndef main():\n    s = zmq.Context().socket(zmq.PUSH)\n'
        '    s.connect("tcp://10.0.0.5:5555")\n    s.send(pickle.dumps({"id": 1}))\n',
    }  # fmt: skip

    made, _ = _offer(files)

    assert '"tcp://127.0.0.1:5555"' in applied(files, made.patch)["client.py"]


def test_a_peer_on_loopback_stays():
    """It reaches the narrow address already."""
    files = {
        "server.py": _code("a literal"),
        "client.py": 'import pickle\n\nimport zmq\n\n\ndef main():\n    s = zmq.Context().socket(zmq.PUSH)\n'
        '    s.connect("tcp://localhost:5555")\n    s.send(pickle.dumps({"id": 1}))\n',
    }  # fmt: skip

    made, _ = _offer(files)

    assert {item.path for item in made.patch.replacements} == {"server.py"}


def test_interfaces_by_name_are_said_of_zeromq_alone():
    """Other sockets take addresses."""
    zeromq, _ = _offer({"server.py": _code("a literal")})
    plain, _ = _offer({"server.py": _code("an empty host")})

    assert any("tcp://eth0:5555" in text for text in zeromq.afterwards)
    assert any("ipc://" in text for text in zeromq.afterwards)
    assert not any("eth0" in text or "ipc" in text for text in plain.afterwards)


@pytest.mark.parametrize(
    "code",
    [
        f"def main(address):\n{PULL}    s.bind(address)\n{RECEIVE}",
        f'def main():\n{PULL}    s.bind("tcp://192.168.1.4:5555")\n{RECEIVE}',
        f'def main():\n{PULL}    s.bind("tcp://" + "*" * 1 + ":5555")\n{RECEIVE}',
        f'def main():\n{PULL}    s.bind("tcp://127.0.0.1:5555")\n{RECEIVE}',
        f'def main():\n{PULL}    s.connect("tcp://10.0.0.1:5555")\n{RECEIVE}',
        f'def main():\n{PULL}    s.bind("""tcp://*:5555\n""".strip())\n{RECEIVE}',
    ],
)  # fmt: skip
def test_what_is_not_found_is_told(code):
    """Without a literal for every interface nothing is offered, and the place is named."""
    made, _ = _offer({"server.py": HEAD + code})

    assert made.standing == "impossible"
    assert made.patch.replacements == ()
    assert "no literal that stands for every interface" in made.why[0]
