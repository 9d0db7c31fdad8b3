"""Kin found by an index of shingles: the same as if each strain were held against each."""

import random
from itertools import product

from msgspec.structs import replace

from gnomon.trace.kinship import KIN, LEAST_SHARED, MOST_HOLDING, edges
from gnomon.trace.strains import Release, Sighting, Strain, similarity, strains
from tests.trace.code import SERVER, unit

QUEUE = unit(SERVER, "Queue.dequeue")


def sighting(number, shingles, date="2024-05-05", label="1"):
    """Code of a project of its own."""
    release = Release(project=f"p{number}", label=label, date=date)
    path = f"p{number}/queue.py"
    return Sighting(release=release, path=path, unit=replace(QUEUE, shingles=shingles), state="unfixed", reason="")


def some(count, chance):
    """Sets that are like one another to some degree."""
    known = [chance.getrandbits(40) for _ in range(60)]
    return [frozenset((*chance.sample(known, 30), *(chance.getrandbits(40) for _ in range(10)))) for _ in range(count)]


def test_no_kin_is_missed_and_none_is_made_up():
    """Every strain that has an older one with enough in common has an edge, from one of these."""
    chance = random.Random(7)
    sightings = [
        sighting(number, shingles, f"2024-{number // 28 + 1:02}-{number % 28 + 1:02}")
        for number, shingles in enumerate(some(60, chance))
    ]
    found = strains([each.release for each in sightings], sightings)

    drawn = {edge.target: edge.source for edge in edges(found, {}, {})}

    older = {each.id: _older(each, found) for each in found}
    assert drawn.keys() == {target for target, sources in older.items() if sources}
    assert all(drawn[target] in older[target] for target in drawn)


def _older(child: Strain, found: list[Strain]) -> set[str]:
    return {
        each.id
        for each in found
        if each is not child
        and each.first.release.date <= child.first.release.date
        and similarity(each.first.unit, child.first.unit) >= KIN
        and len(each.first.unit.shingles & child.first.unit.shingles) >= LEAST_SHARED
    }


def test_very_many_copies_lead_to_the_oldest():
    """Of hundreds with the same code the oldest is the source of all, whatever their order."""
    shingles = QUEUE.shingles
    dates = [f"20{year}-{month:02}-01" for year, month in product(range(10, 25), range(1, 13))]
    assert len(dates) > MOST_HOLDING
    sightings = [sighting(number, shingles, date) for number, date in enumerate(reversed(dates))]
    found = strains([each.release for each in sightings], sightings)

    drawn = list(edges(found, {}, {}))

    oldest = f"p{len(dates) - 1}::p{len(dates) - 1}/queue.py::Queue.dequeue"
    assert {edge.source for edge in drawn} == {oldest}
    assert len(drawn) == len(dates) - 1


def test_a_renamed_function_goes_on_in_the_most_similar_one():
    """Of two that might be it, the nearer; both names in one release are two strains."""
    shingles = sorted(QUEUE.shingles)
    first, near, far = (
        frozenset(shingles),
        frozenset(shingles[:-2]),
        frozenset((*shingles[: len(shingles) * 2 // 3], 1)),
    )
    before = [
        replace(sighting(1, near), path="p1/near.py"),
        replace(sighting(1, far), path="p1/far.py"),
    ]
    after = replace(sighting(1, first, "2024-06-06", "2"), path="p1/renamed.py")

    found = strains([each.release for each in (*before, after)], [*before, after])

    assert [[each.path for each in strain.sightings] for strain in found] == [
        ["p1/far.py"],
        ["p1/near.py", "p1/renamed.py"],
    ]
