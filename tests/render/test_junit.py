"""JUnit XML: what the schemas in use ask for, and never green when something was found or skipped."""

import re
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from gnomon.core.finding import Report, Suppressed
from gnomon.render.junit import write
from tests.render.hostile import REPORTS
from tests.render.sample import CLEAN, CRITICAL, NOTE, REPORT, outcome


class Rule(NamedTuple):
    """What both schemas permit for an element: the attributes, those it must have, and the children in order."""

    attributes: set[str]
    required: set[str]
    content: str
    """A regular expression over the names of the children, each followed by a blank."""


# Where https://github.com/jenkinsci/xunit-plugin (junit-10.xsd) and https://github.com/windyroad/JUnit-Schema agree.
_SUITE = {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time"}
SCHEMA = {
    "testsuites": Rule(set(), set(), r"(testsuite )*"),
    "testsuite": Rule(_SUITE | {"skipped"}, _SUITE, r"properties (testcase )*system-out system-err "),
    "properties": Rule(set(), set(), r"(property )*"),
    "property": Rule({"name", "value"}, {"name", "value"}, ""),
    "testcase": Rule({"name", "classname", "time"}, {"name", "classname", "time"}, r"((skipped|error|failure) )?"),
    "failure": Rule({"type", "message"}, {"type"}, ""),
    "error": Rule({"type", "message"}, {"type"}, ""),
    "skipped": Rule({"message"}, set(), ""),
    "system-out": Rule(set(), set(), ""),
    "system-err": Rule(set(), set(), ""),
}


@pytest.mark.parametrize("reports", [[REPORT], [CLEAN], [CLEAN, REPORT]], ids=["findings", "clean", "several"])
def test_the_document_is_valid(reports):
    """Each element has the attributes and the content that both schemas permit."""
    assert _objections(_root(*reports)) == []


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(report=REPORTS)
def test_the_document_is_valid_whatever_was_scanned(report):
    """No name or code in a scanned tree makes it invalid, or two tests of it the same."""
    root = _root(report, report)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]

    assert _objections(root) == []
    assert len(names) == len(set(names))


def test_a_finding_is_a_failure_with_its_card():
    """The message says severity, place and what happens; the text is the card of the text report."""
    [case] = _root(replace(CLEAN, findings=(CRITICAL,))).iter("testcase")
    failure = case.find("failure")

    assert case.get("name") == "engine/rpc/codec.py Codec.decode pickle.loads 01234567"
    assert case.get("classname") == "gnomon.pickle-over-network"
    assert failure.get("message") == f"critical: engine/rpc/codec.py:12: {CRITICAL.message}"
    assert "1 │ engine/rpc/server.py:38  bytes arrive on the ZeroMQ socket" in failure.text


def test_a_test_is_the_same_when_code_moves():
    """Its name has no line number: services tell new failures from old ones by it."""
    moved = replace(CRITICAL, site=replace(CRITICAL.site, span=replace(CRITICAL.site.span, line=99, end_line=99)))

    [before], [after] = (_root(replace(CLEAN, findings=(each,))).iter("testcase") for each in (CRITICAL, moved))

    assert before.get("name") == after.get("name")


def test_a_clean_run_is_one_test_that_passed():
    """Services take a document without tests for a mistake."""
    [case] = _root(CLEAN).iter("testcase")

    assert (case.get("name"), len(case)) == ("nothing found", 0)


def test_incomplete_is_never_green():
    """Something skipped is an error, even if nothing was found."""
    [suite] = _root(replace(CLEAN, skipped=REPORT.skipped))

    assert (suite.get("errors"), suite.get("failures"), suite.get("tests")) == ("2", "0", "2")
    assert suite.find("testcase/error").get("message") == "not looked at: not Python 3.11: invalid syntax at line 3"


def test_a_note_passes_and_what_was_suppressed_is_skipped():
    """As the exit code, it does not fail for what is authenticated; a suppressed finding says why."""
    kept = Suppressed(finding=CRITICAL, reason="accepted until 2027")

    passed, skipped = _root(replace(CLEAN, findings=(NOTE,), suppressed=(kept,))).iter("testcase")

    assert len(passed) == 0
    assert skipped.find("skipped").get("message") == "suppressed: accepted until 2027"


def test_the_numbers_of_a_suite_are_those_of_its_tests():
    """Counts, time and start of each target; names say the target if there are several."""
    one, two = _root(REPORT, CLEAN)

    assert [one.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["10", "4", "2", "3"]
    assert (one.get("timestamp"), one.get("time")) == ("2026-01-28T03:26:02", "0.620")
    assert [case.get("name") for case in two.iter("testcase")] == ["src: nothing found"]


def _root(*reports: Report) -> ET.Element:
    return ET.fromstring(write(outcome(*reports)).data)


def _objections(root: ET.Element) -> list[str]:
    objections = []
    for element in root.iter():
        rule = SCHEMA[element.tag]
        children = "".join(f"{child.tag} " for child in element)
        if not rule.required <= set(element.attrib) <= rule.attributes:
            objections.append(f"{element.tag}: attributes {sorted(element.attrib)}")
        if not re.fullmatch(rule.content, children):
            objections.append(f"{element.tag}: content {children}")
        if element.get("name", "x").strip() == "" and element.tag in ("testsuite", "property"):
            objections.append(f"{element.tag}: empty name")
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]*)?", element.get("time", "0")):
            objections.append(f"{element.tag}: time {element.get('time')}")
    return objections
