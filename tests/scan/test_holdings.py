"""What objects of plain classes hold, as far as what is put into them tells it."""

from gnomon.core.channel import Dump
from gnomon.core.shape import Mapping, Plain, Sequence

RECEIVE = """
import pickle
import zmq

def main():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://127.0.0.1:7001")
    return pickle.loads(socket.recv())
"""
SEND = """
import pickle
import zmq
from typing import List

class Part:
    def __init__(self, number: int):
        self.number = number

class Package{bases}:
    def __init__(self, parts: List[Part]):
        self.parts = parts
        self.ids = []
        self.extra = None
{more}
    def add(self, name: str):
        self.ids.append(name)

def main():
    socket = zmq.Context().socket(zmq.PUSH)
    socket.connect("tcp://127.0.0.1:7001")
    package = Package([Part(1)])
    package.extra = {{"a": 1.0 for _ in "a"}}
    socket.send(pickle.dumps(package))
"""


def dumped(found, bases="", more=""):
    """The dump of a package, as the target's only channel has it."""
    (channel,) = found(holdings=True, receive=RECEIVE, send=SEND.format(bases=bases, more=more))
    (dump,) = channel.dumps
    assert isinstance(dump, Dump)
    return dump


def test_what_is_assigned_to_attributes_is_what_an_object_holds(found):
    """By its own methods or by others; and what a class that it holds holds, in its turn."""
    package, part = dumped(found).holdings

    held = dict(package.attributes)
    assert held["ids"] == Sequence(kind="list", element=Plain("str"))
    assert set(held["extra"].shapes) == {Plain("None"), Mapping(key=Plain("str"), value=Plain("float"))}
    assert held["parts"].element.qualname == "Part"
    assert part.attributes == (("number", Plain("int")),)


def test_a_class_that_says_itself_what_is_pickled_is_not_read(found):
    """Its attributes say nothing then."""
    own = dumped(found, more="\n    def __reduce__(self):\n        return make, ()\n").holdings[0]
    derived = dumped(found, bases="(zmq.Socket)").holdings[0]

    assert (own.attributes, own.why) == ((), "`__reduce__` of `Package` says what is pickled of it")
    assert (derived.attributes, derived.why) == ((), "`Package` inherits from `zmq.Socket`, which is not looked into")
