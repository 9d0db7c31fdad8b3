"""Which findings markers and entries take, and what is told of those that take none."""

from datetime import date

import pytest

from gnomon.core.configuration import SuppressEntry
from gnomon.core.finding import Finding, Source
from gnomon.core.marker import Foreign, Malformed, Marker
from gnomon.core.site import CodeSite, Span
from gnomon.core.suppression import Entries, Placed, Suppressions

TODAY = date(2026, 6, 1)
RULES = frozenset({"net", "file"})
MARKER = Marker(rules=("net",), reason="the lab")


def _finding(rule="net", path="a.py", line=5) -> Finding:
    return Finding(
        rule=rule,
        severity="high",
        confidence="high",
        message="m",
        site=CodeSite(path=path, span=Span(line=line, end_line=line + 9)),
        qualname="f",
        sink="pickle.loads",
        source=Source(kind="zmq"),
        fingerprint="f" * 32,
    )


def _placed(marker=MARKER, line=5, first=5, last=7) -> Placed:
    return Placed(path="a.py", line=line, first=first, last=last, marker=marker)


def _suppressions(*placed, own=True, foreign=True, entries=(), prefix="", today=TODAY) -> Suppressions:
    held = Entries(entries, origin="pyproject.toml", today=today)
    return Suppressions(placed, rules=RULES, today=today, own=own, foreign=foreign, entries=held, prefix=prefix)


@pytest.mark.parametrize(
    ("finding", "taken"),
    [
        (_finding(), True),
        (_finding(line=7), True),
        (_finding(line=8), False),
        (_finding(line=4), False),
        (_finding(rule="file"), False),
        (_finding(path="b.py"), False),
    ],
)
def test_a_marker_takes_findings_of_its_rule_on_its_lines(finding, taken):
    """By the line on which the call begins."""
    result = _suppressions(_placed()).takes(finding)

    assert (result is not None) is taken
    if result:
        assert (result.reason, result.by) == ("the lab (marker at a.py:5)", "marker")


@pytest.mark.parametrize(("until", "taken"), [(date(2026, 5, 31), False), (TODAY, True), (date(2026, 6, 2), True)])
def test_a_marker_suppresses_through_its_last_day(until, taken):
    """On the day after, the finding is back and the marker is told as expired."""
    suppressions = _suppressions(_placed(Marker(rules=("net",), reason="the lab", until=until)))

    assert (suppressions.takes(_finding()) is not None) is taken
    notes = [remark.note for remark in suppressions.remarks([], ())]
    assert any("expired on 2026-05-31" in note for note in notes) is not taken


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        (Malformed("it gives no reason"), "since it gives no reason; write `# gnomon: ignore[RULE]"),
        (Marker(rules=("nett",), reason="x"), "there is no rule nett; write one of file, net"),
        (Marker(rules=("net", "nett"), reason="x"), "there is no rule nett"),
    ],
)
def test_a_marker_with_a_mistake_suppresses_nothing_and_is_told(marker, told):
    """With its line, and with what to write."""
    suppressions = _suppressions(_placed(marker))

    assert suppressions.takes(_finding()) is None
    [remark] = suppressions.remarks([_finding()], ())
    assert (remark.path, remark.line) == ("a.py", 5)
    assert told in remark.note


def test_a_marker_without_a_finding_is_stale():
    """By rule: of two, the one that took nothing is named; of a file that was not wholly read, none is."""
    suppressions = _suppressions(_placed(Marker(rules=("net", "file"), reason="x")))
    suppressions.takes(_finding())

    [remark] = suppressions.remarks([], ())
    assert remark.note == "ignore[file] suppresses nothing any more: remove it"
    assert list(suppressions.remarks([], {"a.py"})) == []


def test_a_marker_of_another_scanner_shows_as_the_reason():
    """It is never called stale: it was written for another tool."""
    suppressions = _suppressions(_placed(Foreign("# nosec B301", above=False)))

    assert list(suppressions.remarks([], ())) == []
    assert suppressions.takes(_finding(rule="file")).reason == "`# nosec B301` at a.py:5"


def test_markers_that_are_not_honoured_are_counted_where_a_finding_is():
    """With places and the option; none that sits elsewhere, none that is broken anyway."""
    marks = [
        _placed(),
        _placed(Foreign("# noqa", above=False), line=6),
        _placed(Malformed("x"), line=7),
        _placed(line=50, first=50, last=50),
    ]
    suppressions = _suppressions(*marks, own=False, foreign=False)

    assert suppressions.takes(_finding()) is None
    [remark] = suppressions.remarks([_finding()], ())
    assert remark.note == "2 markers not honoured, at a.py:5, a.py:6; --trust-config honours them"


def test_an_entry_takes_findings_of_its_rule_in_its_files():
    """The path is the configuration's own, so the target's place in the project goes before it."""
    entry = SuppressEntry(rule="net", path="src/*.py", reason="the lab", until=date(2027, 1, 31))

    taken = _suppressions(entries=[entry], prefix="src/").takes(_finding())

    assert (taken.reason, taken.by) == ("the lab (pyproject.toml, until 2027-01-31)", "configuration")
    assert _suppressions(entries=[entry]).takes(_finding()) is None
    assert _suppressions(entries=[entry], prefix="src/").takes(_finding(rule="file")) is None
    assert _suppressions(entries=[entry], prefix="src/", today=date(2027, 2, 1)).takes(_finding()) is None


def test_an_entry_with_a_fingerprint_takes_that_finding_alone():
    """All others of the rule stay."""
    one, other = (SuppressEntry(rule="net", path="*", reason="x", fingerprint=sign * 32) for sign in "fe")

    assert _suppressions(entries=[one]).takes(_finding()) is not None
    assert _suppressions(entries=[other]).takes(_finding()) is None


def test_entries_that_are_over_or_have_no_use_are_told():
    """Of files that were not looked at, nothing is said."""
    over = SuppressEntry(rule="net", path="a.py", reason="x", until=date(2026, 1, 1))
    idle, used, unmet = (SuppressEntry(rule="net", path=path, reason="x") for path in ("b.py", "a.py", "c.py"))
    entries = Entries([over, idle, used, unmet], origin="pyproject.toml", today=TODAY)
    entries.meet(["a.py", "b.py"])
    entries.takes(_finding(), "a.py")

    assert [remark.note for remark in entries.remarks()] == [
        "suppress of net in a.py expired on 2026-01-01: renew it or remove it",
        "suppress of net in b.py suppresses nothing any more: remove it",
    ]
