"""The JSON of a trace is a contract: its fields, their order, and what stands for nothing."""

import json

from gnomon.render.tone import WORST_FIRST
from gnomon.render.trace_json import write
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, VLLM, outcome


def test_the_document_has_the_fields_of_schema_1():
    """One object, several targets or not."""
    document = _read(SGLANG, VLLM, lineage=LINEAGE)

    assert list(document) == ["schema", "tool", "signatures", "targets", "lineage"]
    assert document["schema"] == 1
    assert document["signatures"] == {"version": "3fa9c1d20b77", "count": 24}
    assert list(document["targets"][0]) == ["target", "digest", "summary", "copies", "skipped", "excluded"]
    assert [target["target"] for target in document["targets"]] == ["pypi:sglang==0.4.1", "pypi:vllm==0.6.4"]
    assert list(_read(CLEAN)) == list(document)


def test_the_summary_counts_every_state():
    """Also those that no copy is in; skipped files make it incomplete."""
    summary = _read(SGLANG)["targets"][0]["summary"]

    assert tuple(summary["states"]) == WORST_FIRST
    assert (summary["copies"], summary["unsafe"], summary["states"]["fixed"], summary["states"]["gated"]) == (
        4,
        2,
        1,
        0,
    )
    assert (summary["skipped"], summary["complete"]) == (2, False)


def test_what_is_not_known_is_null():
    """No empty text stands for nothing."""
    document = _read(VLLM, lineage=LINEAGE)

    assert document["targets"][0]["digest"] is None
    assert document["targets"][0]["copies"][0]["attribution"] is None
    assert _read(VLLM)["lineage"] is None
    [undated] = [node for node in document["lineage"]["nodes"] if node["id"] == "cornserve.mq"]
    assert (undated["first_seen"], undated["moments"][0]["date"]) == (None, None)


def test_a_copy_and_an_edge_keep_all_their_evidence():
    """Attribution, advisories and clues are there as they were found."""
    document = _read(SGLANG, lineage=LINEAGE)

    attribution = document["targets"][0]["copies"][1]["attribution"]
    assert (attribution["line"], attribution["revision"]) == (1, "v0.6.4.post1")
    assert [clue["kind"] for clue in document["lineage"]["edges"][0]["clues"]] == ["attribution", "dates"]
    assert document["lineage"]["nodes"][0]["state"] == "mitigated"


def _read(*traced, lineage=None):
    return json.loads(write(outcome(*traced, lineage=lineage)).data)
