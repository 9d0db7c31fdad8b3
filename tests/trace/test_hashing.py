"""Hashes are the same everywhere and for ever: files of signatures hold them."""

import random
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from gnomon.trace.hashing import RUN, hashed, shingles
from gnomon.trace.normal import Statement
from gnomon.trace.units import Unit
from tests.trace.code import SERVER, unit

FORMS = """
def forms(a, *b, c=1, **d):
    match a:
        case {"k": [x, *_], **rest} if rest:
            return f"tcp://{a!r:>{c}}:{x}" "tail"
    with open(a) as f, b[0](*b, **d):
        yield from (y async for y in f if not -y < 3 <= y)
    return {**d, "z": [i for i in b]}, lambda q: q[1:2, ...], (w := 1j), b"\\x00"
"""
"""What is written in few programs, and parsed by few versions alike."""
TOKENS = st.lists(st.sampled_from(["$", "(", ")", "pickle.loads", ".recv", "'tcp://", "="]), max_size=30)


def test_the_hashes_of_the_format():
    """If these change, the format's number has to."""
    statement = Statement(1, 1, ("pickle.loads", "(", "$", ".recv", "(", ")", ")", "=", "$"))

    assert hashed(statement.tokens) == 0x97573BC6E4
    assert sorted(shingles([statement])) == [0x4E13233F8C, 0xB4F89AD894, 0xD9329BF062, 0xF4A315D86C]


@given(TOKENS)
def test_a_run_has_one_hash_wherever_it_stands(tokens):
    """The rolling hash of a run is that of the run by itself."""
    one, other = Statement(1, 1, tuple(tokens)), Statement(2, 2, tuple(reversed(tokens)))

    assert len(tokens) < RUN or shingles([one, other]) >= shingles([one]) | shingles([other])


@given(TOKENS, st.randoms())
def test_order_matters(tokens, random_: random.Random):
    """Shuffled tokens are another text, unless shuffling changed nothing."""
    shuffled = list(tokens)
    random_.shuffle(shuffled)

    assert shuffled == tokens or hashed(shuffled) != hashed(tokens)


def test_every_python_gives_the_same_hashes():
    """Signatures are built under one Python and compared under others."""
    queue, forms = unit(SERVER, "Queue"), unit(FORMS, "forms")

    assert _digest(queue) == "121c9a7097a76aa2"
    assert _digest(forms) == "bb17dde5fa5a25ae"


def _digest(of: Unit) -> str:
    return sha256(repr((of.statements, sorted(of.shingles))).encode()).hexdigest()[:16]
