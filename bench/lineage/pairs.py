"""Pairs of differently named functions that were called copies, and what reading them says.

labels/pairs-read.jsonl  one pair a line: original, path and function, verdict, reason
"""

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from bench.lineage.labels import FOLDER
from bench.lineage.results import Pair

Verdict = Literal["copy", "unrelated"]
Key = tuple[str, str, str]


class Reading(Struct, frozen=True, kw_only=True):
    """What reading both functions says."""

    original: str
    path: str
    qualname: str
    verdict: Verdict
    reason: str


def readings() -> dict[Key, Reading]:
    """Original, path and function -> what was read."""
    lines = (FOLDER / "pairs-read.jsonl").read_text(encoding="utf-8").splitlines()
    every = [msgspec.json.decode(line, type=Reading) for line in lines]
    return {(each.original, each.path, each.qualname): each for each in every}


def strongest(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """One entry for each original's name and function: the originals' and the copies' versions are many."""
    best: dict[Key, Pair] = {}
    for pair in pairs:
        if pair.similarity > best.get(key(pair), pair).similarity or key(pair) not in best:
            best[key(pair)] = pair
    return tuple(best[each] for each in sorted(best))


def key(pair: Pair) -> Key:
    """What a pair's reading is kept under."""
    return pair.original, pair.path, pair.qualname
