"""Files are known by what is in them; whatever else they are is told with what to type, and never raised."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gnomon.render.audit_json import JsonAudit
from gnomon.render.formats import writer
from gnomon.render.html.contents import GuardRun
from gnomon.render.html.lineage.values import lineage_of
from gnomon.render.html.reading import Problem, parts
from gnomon.render.json import JsonReport
from gnomon.render.probe_json import JsonProbe
from gnomon.render.trace_json import JsonTrace, trace_of
from tests.render.html.pictures_sample import DROPPED, everything
from tests.render.sample import REPORT, outcome
from tests.render.trace_sample import LINEAGE, SGLANG
from tests.render.trace_sample import outcome as traced

WHOLE = everything()
SCAN, TRACE, AUDIT, PROBE = (each[0] for each in (WHOLE.scans, WHOLE.traces, WHOLE.audits, WHOLE.probes))
EVENT = json.dumps(DROPPED).encode()


def read(data):
    """What is in a file of that text."""
    return list(parts("a.json", data if isinstance(data, bytes) else msgspec.json.encode(data)))


def problem(data):
    """The one thing that is wrong with it."""
    [found] = read(data)
    assert isinstance(found, Problem)
    return found


def test_each_document_is_read_as_it_was():
    """By itself, among others in an array, and after a byte order mark."""
    for document in (SCAN, TRACE, AUDIT, PROBE):
        assert read(document) == [document]
    assert read([SCAN, TRACE, AUDIT, PROBE]) == [SCAN, TRACE, AUDIT, PROBE]
    assert read(b"\xef\xbb\xbf\n" + msgspec.json.encode(SCAN)) == [SCAN]


def test_a_lineage_comes_back_as_it_was():
    """From the document into the values that pictures are made of."""
    document = trace_of(traced(SGLANG, lineage=LINEAGE)).lineage
    assert document is not None

    assert lineage_of(document) == LINEAGE


def test_events_of_guard_are_read_among_other_lines():
    """One a line, also behind the words that standard error has before them; the other lines are counted."""
    log = b"starting\n" + EVENT + b"\n" + b"gnomon guard: " + EVENT + b"\n{not json\n"

    [run] = read(log)

    assert isinstance(run, GuardRun)
    assert [(event.event, event.name, event.count) for event in run.events] == [("dropped", "marker.fire", 2)]
    assert run.others == 2
    assert isinstance(read(EVENT)[0], GuardRun)


@pytest.mark.parametrize(
    ("data", "what", "remedy"),
    [
        (b"", "is empty", "gnomon scan TARGET --format json -o FILE"),
        (b"[]", "has no report in it", "--format json"),
        (b"# A page\n", "is no JSON (", "--format json"),
        (b'{"schema": 1, "findings": [', "is no JSON (Input data was truncated)", "--format json"),
        (b"\xff\xfe{\x00}\x00", "is no JSON (", "--format json"),
        (b"{}", "is no report of gnomon", "gnomon scan TARGET"),
        (b"[1]", "is no whole report of gnomon (", "--format json"),
        (b"[" * 100_000, "is no JSON (it is nested too deeply)", ""),
        (b'{"version": "2.1.0", "runs": []}', "is SARIF", "--format json"),
        (b'{"bomFormat": "CycloneDX"}', "is a bill of materials", "--format json"),
        (b'{"schema": 1, "offers": []}', "is what `gnomon fix` writes", "gnomon scan"),
    ],
)
def test_what_is_no_report_is_told(data, what, remedy):
    """With what it is, as far as that can be told, and what to type."""
    found = problem(data)

    assert found.what.startswith(what)
    assert remedy in found.remedy


def test_other_schemas_are_told():
    """A newer one asks for a newer gnomon."""
    newer, odd = (problem({**msgspec.to_builtins(SCAN), "schema": schema}) for schema in (2, "x"))

    assert (newer.what, newer.remedy) == (
        "is of schema 2, and this gnomon reads schema 1",
        "pip install --upgrade gnomon",
    )
    assert odd.what == "is of schema x, and this gnomon reads schema 1"


def test_a_broken_report_leaves_the_others_of_its_file():
    """It says which one, and which field."""
    broken = {**msgspec.to_builtins(SCAN), "target": 7}

    first, second = read([broken, SCAN])

    assert isinstance(first, Problem)
    assert first.where == "a.json, report 1"
    assert "`$.target`" in first.what
    assert second == SCAN


def test_words_that_nobody_knows_are_told():
    """A severity, a reach or a state of a later gnomon is not shown as if it were one of ours."""
    severity = replace(SCAN, findings=(replace(SCAN.findings[0], severity="sever"),))
    status = replace(AUDIT, verdicts=(replace(AUDIT.verdicts[0], status="great"),))
    verdict = replace(PROBE, sockets=(replace(PROBE.sockets[0], verdict="ajar"),))
    lineage = TRACE.lineage
    assert lineage is not None
    state = replace(TRACE, lineage=replace(lineage, nodes=(replace(lineage.nodes[0], state="cured"),)))

    told = [problem(each).what for each in (severity, status, verdict, state)]

    assert 'findings[0].severity is "sever"' in told[0]
    assert 'verdicts[0].status is "great"' in told[1]
    assert 'sockets[0].verdict is "ajar"' in told[2]
    assert 'lineage.nodes[0].state is "cured"' in told[3]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = sorted({field for each in (JsonReport, JsonTrace, JsonAudit, JsonProbe) for field in each.__struct_fields__})


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=9), st.binary(max_size=20))
def test_no_file_raises(fields, noise):
    """Whatever JSON it is, whole or cut, with anything before it."""
    whole = json.dumps(fields).encode()
    for data in (whole, b"[" + whole + b"]", whole[: len(whole) // 2], noise, noise + whole):
        assert all(isinstance(each, Problem | GuardRun) for each in read(data))


def test_what_scan_writes_is_what_is_read():
    """From the writer of --format json to the page's struct and back."""
    [found] = read(writer("json")(outcome(REPORT)).data)

    assert isinstance(found, JsonReport)
    assert found.target == REPORT.target
