"""Sets of shingles: what is like what, and what a question costs however many there are."""

import random

from gnomon.trace.bodies import MOST_COMPARED, MOST_LOOKED_UP, Bodies


def test_every_set_that_shares_a_shingle_is_told_with_its_likeness():
    """Containment, the larger way; a set that was dropped is not told until it is added again."""
    bodies = Bodies()
    one, other, apart = (bodies.add(frozenset(each)) for each in ((1, 2, 3, 4), (3, 4, 5), (8, 9)))

    assert dict(bodies.like(frozenset((2, 3, 4)), 0.1)) == {one: 1.0, other: 2 / 3}
    bodies.drop(one)
    assert dict(bodies.like(frozenset((2, 3, 4)), 0.1)) == {other: 2 / 3}
    assert bodies.add(frozenset((4, 3, 2, 1))) == one
    assert dict(bodies.like(frozenset((1, 8)), 0.5)) == {one: 0.5, apart: 0.5}


def test_what_very_many_share_is_not_read_whole():
    """Among thousands with the same boilerplate the twin is found by its rare shingles, and few others are compared."""
    chance = random.Random(5)
    boilerplate = range(20)
    sets = [frozenset((*boilerplate, *(chance.getrandbits(40) for _ in range(20)))) for _ in range(3_000)]
    bodies = Bodies()
    for each in sets:
        bodies.add(each)

    found = dict(bodies.like(sets[1234], 0.1))

    assert len(sets) * len(boilerplate) > MOST_LOOKED_UP
    assert found[1234] == 1.0
    assert len(found) <= MOST_COMPARED
