"""YAML becomes plain nodes with line numbers, and hostile text ends in an error within bounds."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.deployment.documents import MAX_DEPTH, MAX_DOCUMENTS, MAX_NODES, Listing, Mapping, Scalar, documents
from gnomon.deployment.facts import Unreadable


def test_scalars_know_their_lines():
    """Each value has the line it begins on, also in later documents."""
    first, second = documents(b"a: 1\n---\n\nb:\n  - x\n  - y\n")

    assert isinstance(first, Mapping)
    assert isinstance(second, Mapping)
    assert first.pairs[0][1] == Scalar(text="1", line=1, end=1)
    listed = second.get("b")
    assert isinstance(listed, Listing)
    assert [(item.text, item.line) for item in listed.items if isinstance(item, Scalar)] == [("x", 5), ("y", 6)]


def test_merged_keys_are_found_and_own_ones_win():
    """`<<` brings in the keys of other mappings that the mapping does not have itself."""
    (root,) = documents(b"base: &base {a: 1, b: 2}\nmore: &more {c: 3}\nitem:\n  <<: [*base, *more]\n  b: 9\n")

    item = root.get("item")
    assert isinstance(item, Mapping)
    assert [getattr(item.get(key), "text", None) for key in "abcd"] == ["1", "9", "3", None]


def test_a_node_never_holds_itself():
    """An alias within the node that it names is left out."""
    (root,) = documents(b"&a [x, *a, {b: *a}]\n")

    assert isinstance(root, Listing)
    assert len(root.items) == 2
    assert isinstance(root.items[1], Mapping)
    assert root.items[1].pairs == ()


def test_tags_construct_nothing():
    """What asks for an object of Python is a list like any other."""
    (root,) = documents(b"!!python/object/apply:os.getcwd []\n")

    assert root == Listing(items=(), line=1, weight=1, height=1)


BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (level, level, b", ".join([b"*a%d" % (level - 1)] * 9)) for level in range(1, 12)
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BOMB, f"more than {MAX_NODES:,} values"),
        (b"- x\n" * (MAX_NODES + 1), f"more than {MAX_NODES:,} values"),
        (b"- " * 100_000, f"nested more than {MAX_DEPTH}"),
        (b"{a: " * 100_000, f"nested more than {MAX_DEPTH}"),
        (b"\n".join(b" " * depth + b"a:" for depth in range(MAX_DEPTH + 2)), f"nested more than {MAX_DEPTH}"),
        (b"---\na: 1\n" * 10_000, f"more than {MAX_DOCUMENTS:,} documents"),
        (b"a:\n\t- tab\n", "not YAML at line 2"),
        (b"a: \0\n", "not YAML"),
        (b"a: \xff\xfe\n", "not YAML"),
        (b'a: "never closed' + b"x" * 900_000, "not YAML"),
        (b"[" * 900_000, "not"),
        (b"%YAML 9.0\n---\na\n", "not YAML"),
    ],
    ids=[
        "bomb",
        "many",
        "deep-list",
        "deep-flow",
        "deep-block",
        "documents",
        "tab",
        "nul",
        "bytes",
        "open",
        "flow",
        "version",
    ],
)
def test_hostile_text_is_refused_at_once(data, reason):
    """Text beyond a bound, or that is no YAML, ends in the one error, and soon."""
    began = time.process_time()

    with pytest.raises(Unreadable, match=reason):
        documents(data)

    assert time.process_time() - began < 5


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"---\n---\n", b"a: " + b"x" * 900_000])
def test_empty_and_huge_values_are_no_error(data):
    """A file without a value has no node, and one long text is one node."""
    assert len(documents(data)) <= 2


@given(st.binary(max_size=300) | st.text(alphabet="-:{}[]&*ab<>|\"'#!%@` \n\t,?1", max_size=120).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_whatever_is_read_gives_nodes_or_the_one_error(data):
    """No input raises anything but Unreadable."""
    try:
        roots = documents(data)
    except Unreadable:
        return

    assert all(root.height <= MAX_DEPTH for root in roots)
