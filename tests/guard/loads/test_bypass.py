"""The ways of the bypass suite that need nothing to be installed, gone within one program under guard.

bench/guard/bypass.py goes all of them, each in a process of its own and with fickling beside; this is quick.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))

from bench.guard.catalogue import WAYS, missing
from bench.guard.guarded import guarded, said, went

DEADLINE_S = 60
OPTIONAL = {"zmq", "cloudpickle", "numpy"}
"""What may be there beside the standard library, and is quick to import."""
QUICK = [way for way in WAYS.values() if OPTIONAL.issuperset(way.needs)]
HERE = [way for way in QUICK if not missing(way)]
FIRES: dict[str, str] = {}
"""Ways that guard neither stops nor tells of today, and why; an entry that is no longer true fails."""
REFUSES: dict[str, str] = {}
"""Harmless twins that guard stops today, and why; as FIRES."""


@pytest.fixture(scope="module")
def gone(tmp_path_factory):
    """What became of every way: with nothing switched on, and under guard; three programs at a time."""
    parts = [HERE[start::2] for start in range(2)]
    folders = [tmp_path_factory.mktemp("ways") for _ in range(len(parts) + 1)]
    with ThreadPoolExecutor(len(folders)) as pool:
        plain = pool.submit(went, sys.executable, [way.id for way in HERE], folders[-1], timeout_s=DEADLINE_S)
        held = [
            pool.submit(guarded, sys.executable, part, folder, timeout_s=DEADLINE_S)
            for part, folder in zip(parts, folders, strict=False)
        ]
        return plain.result(), {way.id: held[number].result() for number, part in enumerate(parts) for way in part}


def _parameters(known):
    return [
        pytest.param(
            way,
            id=way.id,
            marks=[
                *([pytest.mark.xfail(reason=known[way.id], strict=True)] if way.id in known else []),
                *([pytest.mark.skip(reason=f"needs {missing(way)}")] if missing(way) else []),
            ],
        )
        for way in QUICK
    ]


def test_the_suite_is_as_large_as_it_says():
    """There are at least forty ways, each with a public reference, and thirty of them need nothing but Python."""
    assert len(WAYS) >= 40
    assert sum(not way.needs for way in WAYS.values()) >= 30
    assert all(way.references and all(link.startswith("https://") for link in way.references) for way in WAYS.values())


@pytest.mark.parametrize("way", _parameters({}))
def test_without_guard_the_marker_fires_and_the_twin_loads(gone, way):
    """Else it would be no way at all."""
    plain, _ = gone

    assert plain.of[way.id, "fire"]["fired"]
    assert plain.of[way.id, "calm"]["calmed"]
    assert not plain.of[way.id, "calm"]["error"]


@pytest.mark.parametrize("way", _parameters(FIRES))
def test_guard_stops_the_marker_or_says_that_it_does_not_cover_this(gone, way):
    """Nothing passes in silence."""
    answers = gone[1][way.id]
    fired = answers.of[way.id, "fire"]["fired"]
    silent = not said(answers, way)

    assert not (fired and silent)


@pytest.mark.parametrize("way", _parameters(REFUSES))
def test_guard_lets_the_twin_load(gone, way):
    """What was learned still works, and nothing but what was learned was needed for it."""
    calm = gone[1][way.id].of[way.id, "calm"]

    assert calm["calmed"]
    assert not calm["fired"]
    assert not calm["error"]
