"""What `gnomon audit` writes: golden files, valid by others' schemas, and harmless whatever packages are called."""

import json
from pathlib import Path

import jsonschema
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from gnomon.core.audit import FINDINGS
from gnomon.render.audit_formats import FORMATS, writer
from tests.render.audit_sample import outcome

SUFFIX = {"text": "txt"}


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"html"}))
def test_the_document_is_the_golden_one(name, matches_golden):
    """`make golden` rewrites it."""
    assert matches_golden(f"audit-{name}.{SUFFIX.get(name, 'json')}", writer(name)(outcome()).data)


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_of_others_is_obeyed(name):
    """Escape sequences, controls that reorder, and commands of build systems are made visible or are JSON escapes."""
    document = writer(name)(outcome()).data.decode()

    assert document.endswith("\n")
    assert not [char for char in document if not char.isprintable() and char != "\n"]
    assert "##[" not in document


def test_cyclonedx_is_valid():
    """By the strict schema of version 1.6, formats included; every reference is of a component."""
    document = writer("cyclonedx")(outcome()).data.decode()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None
    bom = json.loads(document)
    states = {each["id"]: each["analysis"]["state"] for each in bom["vulnerabilities"]}
    assert states == {
        "CVE-1": "exploitable", "CVE-2": "exploitable", "CVE-3": "exploitable", "CVE-4": "exploitable",
        "CVE-5": "in_triage", "CVE-6": "not_affected", "CVE-7": "not_affected", "CVE-8": "resolved",
    }  # fmt: skip


def test_sarif_is_valid():
    """By the standard's schema; a result for each finding, and what was skipped as a notification."""
    log = json.loads(writer("sarif")(outcome()).data)

    jsonschema.validate(log, json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text()))
    [run] = log["runs"]
    assert len(run["results"]) == sum(each.status in FINDINGS for each in outcome().audited.verdicts)
    assert run["invocations"][0]["executionSuccessful"] is False


def test_openvex_has_what_its_specification_asks():
    """Statements about what is affected say what to do, those about what is not say why; one id for one document."""
    document = json.loads(writer("openvex")(outcome()).data)

    assert {"@context", "@id", "author", "timestamp", "version", "statements"} <= document.keys()
    for each in document["statements"]:
        assert each["products"][0]["@id"].startswith("pkg:pypi/")
        assert (each["status"] == "affected") == ("action_statement" in each)
        assert (each["status"] == "not_affected") == ("justification" in each)
    assert document == json.loads(writer("openvex")(outcome()).data)


def test_what_vex_leaves_out_is_told():
    """A verdict that is clear by version alone is no statement."""
    assert writer("openvex")(outcome()).left_out == "1 verdict by version alone is not in the document"
