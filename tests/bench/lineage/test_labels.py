"""The labelled copies are read, and are what the page says of them."""

from bench.lineage.labels import edges, nodes
from bench.lineage.pairs import readings


def test_every_labelled_copy_is_read():
    """Each line of edges.jsonl is a copy with a name of its own, and most of them count."""
    found = edges()

    assert len({edge.id for edge in found}) == len(found) == 53
    assert sum(edge.counts for edge in found) == 38


def test_every_labelled_function_is_read():
    """Each line of nodes.jsonl is a function with a name of its own."""
    found = nodes()

    assert len({node.id for node in found}) == len(found) == 115


def test_a_release_stands_for_a_commit_only_with_its_digest():
    """A published file that is read in place of a commit is named by file and sha256, at most two weeks away."""
    stand_ins = [side.release for edge in edges() for side in (edge.src, edge.dst) if side.release is not None]
    stand_ins += [node.head_release for node in nodes() if node.head_release is not None]

    assert stand_ins
    assert all(len(one.sha256) == 64 and one.file.startswith(one.project) for one in stand_ins)
    assert all(abs(one.days_apart) <= 14 for one in stand_ins)


def test_each_reading_of_a_pair_has_a_reason():
    """No verdict without a sentence that says why."""
    assert all(each.reason for each in readings().values())
