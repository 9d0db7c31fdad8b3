"""SARIF 2.1.0: valid, and complete enough for code-scanning services and editors."""

import gzip
import json
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft4Validator, FormatChecker
from msgspec.structs import replace

from gnomon.core.finding import Suppressed
from gnomon.render import sarif
from tests.render.hostile import REPORTS
from tests.render.sample import CLEAN, CRITICAL, HOSTILE, NOTE, REPORT, outcome

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA, format_checker=FormatChecker())


@pytest.fixture
def run() -> dict[str, Any]:
    """The run that the sample report becomes."""
    return _log(REPORT)["runs"][0]


def test_the_schema_is_the_official_one():
    """The file in data/ is the one whose origin data/README.md tells."""
    assert SCHEMA["id"] == sarif.sarif.SCHEMA == _log(CLEAN)["$schema"]


@pytest.mark.parametrize("reports", [[REPORT], [CLEAN], [CLEAN, REPORT]], ids=["findings", "clean", "several"])
def test_the_log_is_valid(reports):
    """The official JSON schema has nothing to object to."""
    log = json.loads(sarif.write(outcome(*reports)).data)

    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    assert len(log["runs"]) == len(reports)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(report=REPORTS)
def test_the_log_is_valid_whatever_was_scanned(report):
    """No name or code in a scanned tree makes the log invalid."""
    assert [error.message for error in VALIDATOR.iter_errors(_log(report))] == []


def test_a_result_points_at_the_load(run):
    """Place, enclosing function, code line and identity; the end column is exclusive."""
    result = run["results"][0]
    [location] = result["locations"]

    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("pickle-over-network", 0, "error")
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "engine/rpc/codec.py", "uriBaseId": "TARGET"},
        "region": {
            "startLine": 12,
            "startColumn": 12,
            "endLine": 12,
            "endColumn": 40,
            "snippet": {"text": "return pickle.loads(payload)"},
        },
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "Codec.decode"}]
    assert result["partialFingerprints"] == {"gnomon/v1": "0123456789abcdef0123456789abcdef"}


def test_the_flow_is_a_thread_flow(run):
    """Each step is a location with its note, in order; source and sink are essential."""
    [flow] = run["results"][0]["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]

    assert [step["location"]["message"]["text"] for step in steps] == [step.note for step in REPORT.findings[0].flow]
    assert [step["importance"] for step in steps] == ["essential", "important", "important", "essential"]


def test_a_rule_has_its_page_and_the_score_of_its_worst_finding(run):
    """Services show the help text and sort by security-severity."""
    rule, other = run["tool"]["driver"]["rules"]

    assert rule["help"]["markdown"].startswith("## What it is\n\nA process unpickles")
    assert rule["properties"]["security-severity"] == "9.8"
    assert "external/cwe/cwe-502" in rule["properties"]["tags"]
    assert (other["defaultConfiguration"]["enabled"], other["properties"]["security-severity"]) == (False, "3.3")


def test_what_was_skipped_is_a_notification_and_no_success(run):
    """An incomplete run is not successful, and says why; a complete one is."""
    [invocation] = run["invocations"]

    assert invocation["executionSuccessful"] is False
    errors = [entry for entry in invocation["toolExecutionNotifications"] if entry["level"] == "error"]
    assert [entry["message"]["text"] for entry in errors] == [
        "not looked at: not Python 3.11: invalid syntax at line 3",
        "not looked at: larger than 20 MB",
    ]
    assert _log(CLEAN)["runs"][0]["invocations"] == [{"executionSuccessful": True}]


def test_a_hostile_path_is_a_relative_uri_of_its_bytes(run):
    """Percent-encoding keeps every byte, the undecodable one too."""
    uri = run["results"][3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert not set(uri) & set(":\x1b\n ")
    assert unquote_to_bytes(uri) == HOSTILE.site.path.encode("utf-8", "surrogateescape")


def test_a_suppressed_finding_is_a_suppressed_result(run):
    """It is in the log with the reason, for services to hide."""
    suppressions = [result["suppressions"][0] for result in run["results"] if "suppressions" in result]

    assert suppressions[0] == {"kind": "external", "justification": "accepted until 2027"}
    assert [entry["kind"] for entry in suppressions] == ["external", "inSource", "external"]


def test_remarks_are_notes_beside_what_was_skipped(run):
    """A remark names its file in words, and does not make the run unsuccessful."""
    told = run["invocations"][0]["toolExecutionNotifications"]
    lone = _log(replace(CLEAN, remarks=REPORT.remarks))["runs"][0]["invocations"][0]

    assert [entry["level"] for entry in told] == ["error", "error", "note", "note", "note"]
    assert told[2]["message"]["text"] == "pyproject.toml: exclude = 'tests' left 12 files out"
    assert lone["executionSuccessful"] is True


def test_what_is_in_a_folder_is_found_from_the_working_folder():
    """Services look files up from the root of the project: a target within it is part of the path."""
    report = replace(CLEAN, target="/project/src", findings=(CRITICAL,), skipped=(REPORT.skipped[0],))

    [run] = json.loads(sarif.write(outcome(report, folder="/project")).data)["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    [notification] = run["invocations"][0]["toolExecutionNotifications"]

    assert location == {"uri": "src/engine/rpc/codec.py", "uriBaseId": "WORKING_FOLDER"}
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/engine/legacy.py"
    assert list(run["originalUriBaseIds"]) == ["WORKING_FOLDER"]


@pytest.mark.parametrize("target", ["/elsewhere/src", "../src"])
def test_what_is_outside_of_the_working_folder_keeps_its_own_paths(target):
    """No service could find it in the project: paths are relative to the target, which the run names."""
    report = replace(CLEAN, target=target, findings=(CRITICAL,))

    [run] = json.loads(sarif.write(outcome(report, folder="/project")).data)["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]

    assert location == {"uri": "engine/rpc/codec.py", "uriBaseId": "TARGET"}
    assert run["originalUriBaseIds"] == {"TARGET": {"description": {"text": target}}}


def test_a_run_has_at_most_5000_results_the_worst_first():
    """GitHub keeps no more: the mildest are left out, the run says how many, and the command line too."""
    known = (Suppressed(finding=CRITICAL, reason="known"),) * 10
    report = replace(CLEAN, findings=(*[NOTE] * 5000, *[CRITICAL] * 20), suppressed=known)

    document = sarif.write(outcome(report, CLEAN))
    run, clean = json.loads(document.data)["runs"]
    [notification] = run["invocations"][0]["toolExecutionNotifications"]

    assert [result["level"] for result in run["results"]] == ["error"] * 20 + ["note"] * 4980
    assert document.left_out.startswith("Left out: 30 results, the mildest. ")
    assert (notification["level"], notification["message"]["text"]) == ("warning", document.left_out)
    assert run["invocations"][0]["executionSuccessful"] is True
    assert "toolExecutionNotifications" not in clean["invocations"][0]


def test_a_flow_has_at_most_1000_steps():
    """Its middle is left out, and the run says so; source and sink stay."""
    flow = (CRITICAL.flow[0], *[CRITICAL.flow[1]] * 1500, CRITICAL.flow[-1])

    document = sarif.write(outcome(replace(CLEAN, findings=(replace(CRITICAL, flow=flow),))))
    [result] = json.loads(document.data)["runs"][0]["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]

    assert (len(steps), steps[0]["kinds"], steps[-1]["kinds"]) == (1000, ["source"], ["sink"])
    assert document.left_out.startswith("Left out: the middle of 1 long flow. ")


def test_a_log_is_at_most_10_mb_when_compressed():
    """Results are left out, the mildest first, until an upload has room for it."""
    chance = Random(1)  # the same noise each time, which compression can't make much smaller
    noise = (b64encode(chance.randbytes(4500)).decode() for _ in range(2500))
    report = replace(CLEAN, findings=tuple(replace(CRITICAL, flow=(), message=text) for text in noise))

    document = sarif.write(outcome(report))
    results = json.loads(document.data)["runs"][0]["results"]

    assert 8_000_000 < len(gzip.compress(document.data)) <= 10_000_000
    assert document.left_out.startswith(f"Left out: {2500 - len(results):,} results, the mildest. ")


def _log(report: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(sarif.write(outcome(report)).data)
    return log
