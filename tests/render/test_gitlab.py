"""GitLab's SAST report: valid, complete, and a failure when something was not looked at."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft7Validator
from msgspec.structs import replace

from gnomon.core.finding import Report
from gnomon.render.gitlab import write
from tests.render.hostile import REPORTS
from tests.render.sample import CLEAN, CRITICAL, REPORT, outcome

SCHEMA = json.loads((Path(__file__).parent / "data" / "gitlab-sast-15.2.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)


@pytest.mark.parametrize("reports", [[REPORT], [CLEAN], [CLEAN, REPORT]], ids=["findings", "clean", "several"])
def test_the_report_is_valid(reports):
    """The schema has nothing to object to."""
    assert [error.message for error in VALIDATOR.iter_errors(_report(*reports))] == []


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(report=REPORTS)
def test_the_report_is_valid_whatever_was_scanned(report):
    """No name or code in a scanned tree makes it invalid, or gives two findings one id."""
    document = _report(report, report)
    ids = [entry["id"] for entry in document["vulnerabilities"]]

    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert len(ids) == len(set(ids))


def test_a_very_long_remedy_fits():
    """Even if all of it becomes code spans, the solution has at most 7,000 characters."""
    document = _report(replace(CLEAN, findings=(replace(CRITICAL, remedy="@ " * 5000, message="@ " * 5000),)))

    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_a_finding_says_where_what_and_how_bad():
    """Severity, place, identifiers and what to do; the name is the rule's, without anything of the finding."""
    [found] = _report(replace(CLEAN, digest="sha256:0f", findings=(CRITICAL,)))["vulnerabilities"]

    assert (found["name"], found["severity"]) == ("Bytes from the network are unpickled", "Critical")
    assert found["location"] == {
        "file": "engine/rpc/codec.py",
        "start_line": 12,
        "end_line": 12,
        "method": "Codec.decode",
    }
    assert [(entry["type"], entry["value"]) for entry in found["identifiers"]] == [
        ("gnomon_rule_id", "pickle-over-network"),
        ("cwe", "502"),
        ("cve", "CVE-2024-50050"),
        ("cve", "CVE-2025-30165"),
    ]
    assert found["tracking"]["items"][0]["signatures"] == [{"algorithm": "hash", "value": CRITICAL.fingerprint}]
    assert found["details"]["reach"] == {"type": "text", "name": "Reach", "value": "any-host"}


def test_the_flow_is_a_code_flow():
    """Each step is a node with its place; what it is called in between is propagation to GitLab."""
    [found] = _report(replace(CLEAN, digest="sha256:0f", findings=(CRITICAL,)))["vulnerabilities"]
    [nodes] = found["details"]["flow"]["items"]

    assert [node["node_type"] for node in nodes] == ["source", "propagation", "propagation", "sink"]
    assert [(node["file_location"]["file_name"], node["file_location"]["line_start"]) for node in nodes] == [
        (step.site.path, step.site.line) for step in CRITICAL.flow
    ]
    assert "3. `engine/rpc/server.py:44` handed to `Codec.decode` as `payload`" in found["description"]


def test_an_incomplete_run_is_a_failure():
    """What was skipped is a message each, and the status does not say success; times come from the run."""
    scan = _report(CLEAN, REPORT)["scan"]

    assert (scan["status"], _report(CLEAN)["scan"]["status"]) == ("failure", "success")
    assert (scan["start_time"], scan["end_time"]) == ("2026-01-28T03:26:02", "2026-01-28T03:26:02")
    reason = "not looked at: engine/legacy.py: not Python 3.11: invalid syntax at line 3"
    assert scan["messages"][0] == {"level": "warn", "value": f"inference-server-1.2.tar.gz: {reason}"}


def test_an_id_is_the_same_in_the_next_run():
    """It follows the fingerprint, not the line; the same code twice has two ids."""
    moved = replace(CRITICAL, site=replace(CRITICAL.site, span=replace(CRITICAL.site.span, line=99, end_line=99)))

    [before] = _ids(CRITICAL)
    after = _ids(moved, CRITICAL)

    assert before == after[0] != after[1]


def _ids(*findings) -> list[str]:
    return [entry["id"] for entry in _report(replace(CLEAN, findings=findings))["vulnerabilities"]]


def _report(*reports: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(write(outcome(*reports)).data)
    return document
