"""The JSON contract: which keys there are, and what they say."""

import json as stdlib_json

from gnomon.render import json
from tests.render.sample import CLEAN, REPORT


def test_the_keys_are_those_of_schema_1():
    """Every object has exactly the documented keys, in the documented order."""
    document = stdlib_json.loads(json.render([REPORT]))
    finding = document["findings"][0]

    assert list(document) == ["schema", "tool", "target", "summary", "findings", "suppressed", "skipped", "remarks"]
    assert list(finding) == [
        "rule", "severity", "confidence", "message", "path", "line", "column", "qualname", "sink", "source", "endpoint",
        "flow", "copied_from", "advisories", "incomplete", "remedy", "fingerprint", "code", "other_sources",
    ]  # fmt: skip
    assert list(finding["source"]) == ["kind", "path", "line", "api"]
    assert list(finding["endpoint"]) == [
        "role", "transport", "address", "reach", "authentication", "effective", "evidence",
        "peer_chosen_by_request",
    ]  # fmt: skip
    assert list(finding["flow"][0]) == ["path", "line", "role", "note", "code"]
    assert document["schema"] == 1
    assert document["tool"] == {"name": "gnomon", "version": "0.1.0", "knowledge": "3fa9c1d20b77"}


def test_the_summary_counts():
    """Counts per severity and rule, what was looked at, and whether that was all."""
    summary = stdlib_json.loads(json.render([REPORT]))["summary"]

    assert summary == {
        "findings": 5,
        "severity": {"critical": 1, "high": 1, "medium": 1, "low": 1, "note": 1},
        "rules": {"pickle-over-network": 5},
        "files": 551,
        "lines": 180231,
        "hidden": 3,
        "suppressed": 3,
        "gone": 0,
        "base": None,
        "removed": 0,
        "skipped": 2,
        "complete": False,
        "excluded": [".git", ".venv\x1b[2J"],
        "digest": REPORT.digest,
    }


def test_paths_are_exact_but_for_bytes_that_are_no_text():
    """A control character is escaped by JSON's own means; an undecodable byte becomes visible."""
    path = stdlib_json.loads(json.render([REPORT]))["findings"][3]["path"]

    assert path == "a\x1b[2J\n::error file=x::hi\\udcff.py"


def test_what_was_suppressed_says_by_what():
    """An option, a marker in the code or the configuration; a remark about no file has no path."""
    document = stdlib_json.loads(json.render([REPORT]))

    assert [entry["by"] for entry in document["suppressed"]] == ["option", "marker", "configuration"]
    assert [(entry["path"], entry["line"]) for entry in document["remarks"]] == [
        ("pyproject.toml", None), ("a\x1b[2J.py", 3), (None, None),
    ]  # fmt: skip


def test_several_reports_are_an_array():
    """One report is an object, two are an array of such objects."""
    one, two = (stdlib_json.loads(json.render(reports)) for reports in ([CLEAN], [CLEAN, REPORT]))

    assert [one["target"], *(report["target"] for report in two)] == ["src", "src", REPORT.target]


def test_an_absent_endpoint_is_null():
    """What is not known has its key all the same."""
    finding = stdlib_json.loads(json.render([REPORT]))["findings"][1]

    assert (finding["source"]["path"], finding["copied_from"]) == (None, None)
