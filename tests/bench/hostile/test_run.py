"""What a tool's output says about an input: the neighbour, and what was left out."""

import json

from bench.hostile.run import reports, silent, talkative
from bench.rivals import tools
from tests.hostile.case import Case

CASE = Case(name="a", kind="parse", make=len)


def _document(**parts: object) -> bytes:
    return json.dumps(parts).encode()


def test_the_neighbour_is_found_in_each_tools_report():
    """Each has its own words for a line; another line or file is another finding."""
    own = {"path": "ok.py", "line": 4}
    for document in (
        _document(findings=[own]),
        _document(results=[{"filename": "./ok.py", "line_number": 4}]),
        _document(results=[{"path": "ok.py", "start": {"line": 4}}]),
        json.dumps([{"filename": "/x/ok.py", "location": {"row": 4}}]).encode(),
    ):
        assert reports(document, CASE)
    for document in (
        _document(findings=[own | {"line": 3}]),
        _document(findings=[own | {"path": "not_ok.py"}]),
        b"",
        b"[]",
    ):
        assert not reports(document, CASE)


def test_gnomon_must_report_the_neighbour_in_each_target():
    """An array of reports is as good as its worst."""
    good, bad = {"findings": [{"path": "ok.py", "line": 4}]}, {"findings": []}

    assert reports(json.dumps([good, good]).encode(), CASE)
    assert not reports(json.dumps([good, bad]).encode(), CASE)


def test_what_was_read_is_not_thereby_named():
    """A list of everything that was scanned tells nothing about what was passed over."""
    document = _document(paths={"scanned": ["a.py"]}, metrics={"a.py": 1}, errors=[{"path": "b.py"}])

    assert list(silent(document, b"could not read c.py", ("a.py", "b.py", "c.py"))) == ["a.py"]


def test_a_name_is_found_however_it_is_written():
    """Escaped, quoted, or with a mark for what is no text."""
    names = ("e\u202egpj.py", "f\udcff.py", "a\x1b.py")
    text = "e\\u202egpj.py f\ufffd.py a\\u001b.py"

    assert list(silent(b"", text.encode(), names)) == []


def test_the_others_are_told_to_speak():
    """Nothing keeps them from naming what they leave out."""
    for rival in tools.rivals(None):
        assert not {"-q", "--quiet"} & set(talkative(rival).options)
