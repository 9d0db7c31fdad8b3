"""A labelled copy is found as the product finds it, and in the ablation alike."""

from bench.lineage.ablation import RUN, Way, pieces, shingles
from bench.lineage.reading import sinks
from bench.lineage.recall import pairs, same_name, signature
from gnomon.trace.copies import Place
from gnomon.trace.reading import units_of

ORIGINAL = b"""
import pickle
import zmq

class Queue:
    def dequeue(self, timeout):
        if not self.socket.poll(timeout * 1000, zmq.POLLIN):
            raise TimeoutError("nothing came")
        header, payload = self.socket.recv_multipart(copy=False)
        self.received[header.bytes] = len(payload)
        return pickle.loads(payload.buffer)
"""


def _place(path, data):
    return Place(path, units_of(path, data, sinks())[0])


def test_a_copy_of_another_name_is_a_pair():
    """A function with the original's statements and a name of its own is told."""
    original = signature(_place("a.py", ORIGINAL), "Queue.dequeue", "origin")
    renamed = ORIGINAL.replace(b"Queue", b"Mailbox").replace(b"dequeue", b"take")

    found = list(pairs([original], "tree", [_place("b.py", renamed)], set()))

    assert {pair.qualname for pair in found} == {"Mailbox.take", "Mailbox"}
    assert all(pair.similarity == 1.0 and pair.loads for pair in found)


def test_units_seen_before_are_not_told_again():
    """What another tree had, by name and statements, is left out."""
    original = signature(_place("a.py", ORIGINAL), "Queue.dequeue", "origin")
    place = _place("a.py", ORIGINAL)
    seen = {hash((unit.qualname, unit.statements)) for unit in place.units}

    assert list(pairs([original], "tree", [place], seen)) == []


def test_names_are_the_same_if_any_part_is():
    """A method of the same class, and the same method of another class, are not other names."""
    assert same_name("Queue.dequeue", "Queue.put")
    assert same_name("Queue.dequeue", "Mailbox.dequeue")
    assert not same_name("Queue.__init__", "Mailbox.__init__")
    assert not same_name("dequeue", "take")


def test_the_ablation_has_as_many_shingles_as_the_product():
    """The product's way among the compared ones gives the product's numbers."""
    products = {unit.qualname: len(unit.shingles) for unit in _place("a.py", ORIGINAL).units}
    compared = {piece.qualname: len(shingles(piece, Way("named", RUN))) for piece in pieces({"a.py": ORIGINAL})}

    assert compared == products
