"""The bench of fix judges a change by other means than fix: what it calls wrong is wrong."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))

from bench.fix import own_tests
from bench.fix.offers import _held, _named, _parses, _standings, _strays, _without_places
from bench.fix.run import subjects
from bench.fix.trip_cases import TRIPS
from bench.fix.trips import GUARD, HERE

OLD = "import pickle\n\n\ndef load(socket):\n    return pickle.loads(socket.recv())\n"
NEW = "\n\n\ndef load(socket):\n    return socket.recv_obj()\n"
SAID = {
    "diff": "--- a/x/server.py\n+++ b/x/server.py\n@@ -1,5 +1,5 @@\n-import pickle\n+\n \n \n def load(socket):\n"
    "-    return pickle.loads(socket.recv())\n+    return socket.recv_obj()\n"
}


@pytest.fixture
def files(tmp_path):
    """Writes a file as it was, and as it is."""

    def written(new):
        (tmp_path / "old.py").write_text(OLD)
        (tmp_path / "new.py").write_text(new)
        return tmp_path / "old.py", tmp_path / "new.py"

    return written


def test_what_the_offer_names_is_no_stray(files):
    """Lines of its hunks, and no others, may differ."""
    assert _strays(*files(NEW), _named(SAID, "server.py")) == 0


@pytest.mark.parametrize(
    "new",
    [NEW.replace("def load(socket)", "def load(peer)"), NEW + "\n# more\n", NEW.replace("(socket):", "(socket) :")],
    ids=["a line between", "a line at the end", "white space alone"],
)
def test_another_line_that_differs_is_a_stray(files, new):
    """Whatever fix says of itself."""
    assert _strays(*files(new), _named(SAID, "server.py")) > 0


def test_a_file_that_does_not_parse_is_told(files):
    """By Python's own parser."""
    good, bad = files("def load(:\n")

    assert (_parses(good), _parses(bad)) == (True, False)


def _finding(name, line=1, severity="high", path="server.py"):
    return {
        "fingerprint": name,
        "path": path,
        "rule": "pickle-over-network",
        "qualname": "load",
        "line": line,
        "severity": severity,
    }


def _offer(standing, *findings, chosen=False, why=()):
    return {"recipe": "sockets", "standing": standing, "findings": findings, "chosen": chosen, "why": list(why)}


def test_a_finding_counts_by_the_best_of_its_offers():
    """It is one finding, however many changes there are for it."""
    offers = [
        _offer("impossible", "a", "b", why=["no end at x.py:3"]),
        _offer("suggested", "a", why=["no end at y.py:4"]),
    ]
    counted = _standings({"findings": [_finding("a"), _finding("b")], "offers": offers})

    assert (counted["automatic"], counted["suggested"], counted["impossible"]) == (0, 1, 1)
    assert counted["reasons"] == (("no end at …", 2),)


def test_what_is_still_found_and_what_is_new_are_counted():
    """A note is not found; the same place twice is two findings."""
    said = {"findings": [_finding("a"), _finding("b")], "offers": [_offer("suggested", "a", "b", chosen=True)]}
    after = [_finding("c", line=9), _finding("d", severity="note"), _finding("e", path="other.py")]

    gone = (("server.py", "load"),)
    assert _held(said, said["findings"], after) == {"applied": 2, "gone": gone, "left": 1, "brought": 1}


def test_reasons_differ_by_more_than_places_and_names():
    """So that they can be counted over releases."""
    assert _without_places("`A.b` at pkg/mod.py:3:4 is sent") == _without_places("`C` at other.py:17 is sent")


def test_round_trips_and_own_tests_are_of_releases_that_are_measured():
    """With programs that exist."""
    known = {(each.package, each.version) for each in subjects()}

    assert {(trip.package, trip.version) for trip in TRIPS} <= known
    assert {(own.package, own.version) for own in own_tests.table()} <= known
    assert all((HERE / f"{trip.program}.py").exists() or (GUARD / f"{trip.program}.py").exists() for trip in TRIPS)


def test_why_own_tests_differ_is_told_for_the_styles_it_was_read_for():
    """A test that fails in another style, or for another reason, is not traced."""
    (own,) = (each for each in own_tests.table() if each.package == "commlink")
    test = "tests.test_pubsub_equivalence::test_pubsub_roundtrip[scalars]"

    assert "port" in own.reason("curve", f"{test}: zmq.error.ZMQError: Address already in use")
    assert own.reason("curve", f"{test}: assert 1 == 2") == ""
    assert own.reason("json", f"{test}: zmq.error.ZMQError: Address already in use") == ""
