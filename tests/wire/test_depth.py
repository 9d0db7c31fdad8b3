"""Nesting is found in any msgpack, of any form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import Ext, encode

from gnomon.wire.depth import too_deep

values = st.recursive(
    st.none() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=40) | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=3), inner, max_size=20),
    max_leaves=60,
)


def depth(value: object) -> int:
    """How many lists and dictionaries are around the innermost one, itself counted."""
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0)
    return 0


@given(values, st.integers(0, 6))
def test_depth_is_what_it_is(value, limit):
    """For values of every kind."""
    assert too_deep(encode(value), limit) == (depth(value) > limit)


@pytest.mark.parametrize("size", [0, 1, 2, 4, 8, 16, 17, 300, 70_000])
def test_what_is_within_bytes_is_not_nesting(size):
    """Texts, bytes and extensions of each length's own form may hold anything."""
    for filled in (Ext(5, b"\x91" * size), b"\x91" * size, "\u0451" * size):
        assert not too_deep(encode([filled, [filled], {"a": 1.5}]), 2)
        assert too_deep(encode([filled, [filled, []]]), 2)


@pytest.mark.parametrize("size", [15, 16, 70_000])
def test_lists_and_dictionaries_of_each_form_are_left_again(size):
    """So that what follows is not inside of them."""
    body = encode([[1] * size, {key: [2] for key in range(size)}, [[3]]])

    assert not too_deep(body, 3)
    assert too_deep(body, 2)


@given(st.binary())
def test_any_bytes_have_an_answer(body):
    """Whatever they are."""
    assert too_deep(body, 3) in {True, False}
    assert not too_deep(b"\x01" + b"\x91" * 100, 50)
