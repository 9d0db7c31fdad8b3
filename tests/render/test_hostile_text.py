"""No writer lets text from a scanned tree reach a terminal, a viewer or a build log unescaped."""

import json as stdlib_json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.core.finding import CopiedFrom, Finding, Fix, Remark, Report, Skipped, Source, Suppressed
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span, Step
from gnomon.render import json, sarif, text
from gnomon.render.page import Style
from tests.render.sample import REPORT, RULES

NASTY = [
    "\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x1b\\", "\x9b31m", "\n::error file=x::", "\r",
    "\u202e", "\u2066", "\u2028", "\udcff", "\ud800", "\x00", "\x7f", "##[error]", "##vso[task.x]",
    "[a](https://evil.example)", " ", "::warning::", "推理", "e\u0301", "path/to/file.py", "`", "\\", '"', "<script>",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=8),
)
SPANS = st.builds(Span, line=st.integers(1, 9), column=st.integers(1, 9), end_line=st.just(9), end_column=st.just(9))
SITES = st.builds(CodeSite, path=TEXTS, span=SPANS, code=TEXTS)
FINDINGS = st.builds(
    Finding,
    rule=TEXTS,
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    message=TEXTS,
    site=SITES,
    qualname=TEXTS,
    sink=TEXTS,
    source=st.builds(Source, kind=st.sampled_from(["zmq", "unknown"]), site=st.none() | SITES, api=TEXTS),
    flow=st.lists(st.builds(Step, site=SITES, role=st.sampled_from(["source", "sink"]), note=TEXTS), max_size=2).map(
        tuple
    ),
    endpoint=st.none()
    | st.builds(
        Endpoint,
        address=TEXTS,
        evidence=st.lists(
            st.builds(
                Evidence,
                claim=st.sampled_from(["role", "transport", "address", "reach", "authentication"]),
                basis=st.just("observed"),
                note=TEXTS,
                site=st.none() | SITES,
            ),
            max_size=2,
        ).map(tuple),
    ),
    remedy=TEXTS,
    advisories=st.lists(TEXTS, max_size=2).map(tuple),
    copied_from=st.none() | st.builds(CopiedFrom, signature=TEXTS, origin=TEXTS, note=TEXTS),
    fixes=st.lists(st.builds(Fix, note=TEXTS, safe=st.booleans()), max_size=1).map(tuple),
    other_sources=st.integers(0, 2),
    fingerprint=TEXTS,
)
SUPPRESSED = st.builds(
    Suppressed, finding=FINDINGS, reason=TEXTS, by=st.sampled_from(["option", "marker", "configuration"])
)
REPORTS = st.builds(
    Report,
    target=TEXTS,
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    suppressed=st.lists(SUPPRESSED, max_size=1).map(tuple),
    remarks=st.lists(st.builds(Remark, path=TEXTS, line=st.integers(0, 9), note=TEXTS), max_size=2).map(tuple),
    skipped=st.lists(st.builds(Skipped, path=TEXTS, reason=TEXTS), max_size=2).map(tuple),
    excluded=st.lists(TEXTS, max_size=2).map(tuple),
    digest=TEXTS,
    tool_version=TEXTS,
    knowledge_version=TEXTS,
    hidden=st.integers(0, 2),
)
WRITERS = {
    "text": lambda report: text.render(report, Style(), elapsed_s=0.1, heading=True).encode(),
    "text-80": lambda report: text.render(report, Style(width=80), elapsed_s=0.1, heading=True).encode(),
    "text-color": lambda report: text.render(report, Style(width=40, color=True), heading=True).encode(),
    "text-ascii": lambda report: text.render(report, Style(ascii=True)).encode(),
    "json": lambda report: json.render([report, report]),
    "sarif": lambda report: sarif.render([report, report], RULES),
}
OUR_COLORS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("writer", WRITERS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(report=REPORTS)
@example(report=REPORT)
def test_no_writer_passes_on_what_would_be_obeyed(writer, report):
    """Every line is UTF-8, printable, and neither is nor contains a command for the build system that collects it."""
    output = WRITERS[writer](report).decode()

    for line in output.split("\n"):
        plain = OUR_COLORS.sub("", line) if writer == "text-color" else line
        assert plain.isprintable(), plain
        assert not plain.lstrip().startswith("::"), plain
        assert "##[" not in plain, plain
        assert "##vso[" not in plain.lower(), plain


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(report=REPORTS)
def test_json_and_sarif_decode_strictly(report):
    """Both are JSON that a strict parser accepts, and hold no lone surrogate."""
    for document in (json.render([report]), sarif.render([report], RULES)):
        assert all(value.encode() or not value for value in _strings(stdlib_json.loads(document)))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(report=REPORTS)
def test_no_sarif_message_has_a_link(report):
    """A viewer renders `[words](link)` in messages: none comes from scanned code."""
    log = stdlib_json.loads(sarif.render([report], RULES))

    messages = [message["text"] for message in _messages(log["runs"][0]["results"])]
    assert not [message for message in messages if "](" in message]


def _strings(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for item in value for text in _strings(item)]
        case dict():
            return [text for key, item in value.items() for text in (key, *_strings(item))]
    return []


def _messages(value: Any) -> list[dict[str, str]]:
    match value:
        case list():
            return [message for item in value for message in _messages(item)]
        case dict():
            own = [value["message"]] if "message" in value else []
            return own + [message for item in value.values() for message in _messages(item)]
    return []
