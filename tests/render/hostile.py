"""Reports full of text that wants to be obeyed, and the same reports with harmless words in its place."""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec import Struct

from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.core.finding import CopiedFrom, Finding, Fix, Remark, Report, Skipped, Source, Suppressed
from gnomon.core.incomplete import COMPLETION, Incomplete
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span, Step

NASTY = [
    # terminals, build logs, lines, bytes
    "\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x1b\\", "\x9b31m", "\n::error file=x::", "\r", "\x00",
    "\x7f", "##[error]", "##vso[task.x]", "::warning::", "%0A::error::x", "%25", ",line=1::", "\udcff", "\ud800",
    # reordered or unseen
    "\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u200b", "\u200d", "\ufeff", "\u2028", "\u2029",
    # XML
    "]]>", "</testcase>", "<![CDATA[", "&amp;", "&#0;", "<!--", "-->", "[[ATTACHMENT|/etc/passwd]]",
    # HTML and Markdown
    "<script>", "</code>", "</details>", "<img src=x>", "[a](https://evil.example)", "![a](https://evil.example/a.png)",
    "https://evil.example", "www.evil.example", "me@evil.example",
    "@everyone", "#1", "|", "`", "``", "`@everyone`", "`<b>x</b>`", "\n\n", "\n# h\n",
    "\n---\n", "**b**", "_i_", "~~s~~", "<https://evil.example>", "[x]: https://evil.example\n", "\n```\n", "    x",
    "- ", "1. ", "> ", "\\", "\\|", "$x$", ":smile:", "[^1]",
    # harmless
    " ", "推理", "e\u0301", "path/to/file.py", '"', "word", "some words",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=8),
)
SPANS = st.builds(Span, line=st.integers(1, 9), column=st.integers(1, 9), end_line=st.just(9), end_column=st.just(9))
SITES = st.builds(CodeSite, path=TEXTS, span=SPANS, code=TEXTS)
EVIDENCE = st.builds(
    Evidence,
    claim=st.sampled_from(["role", "transport", "address", "reach", "authentication"]),
    basis=st.just("observed"),
    note=TEXTS,
    site=st.none() | SITES,
)
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
    endpoint=st.none() | st.builds(Endpoint, address=TEXTS, evidence=st.lists(EVIDENCE, max_size=2).map(tuple)),
    incomplete=st.none()
    | st.builds(Incomplete, kind=st.sampled_from(list(COMPLETION)), what=TEXTS, site=st.none() | SITES),
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


Hostile = TypeVar("Hostile", bound=Struct)


def harmless(value: Hostile, *, kept: Iterable[str] = ()) -> Hostile:
    """The same value with each text that is free to be anything replaced by a word, the same text by the same word."""
    words = {text: text for text in ("", *kept)}
    changed: Hostile = _harmless(value, type(value), words)
    return changed


def _harmless(value: Any, type_: Any, words: dict[str, str]) -> Any:
    if isinstance(value, Struct):
        fields = {field.name: field.type for field in msgspec.structs.fields(value)}
        changes = {name: _harmless(getattr(value, name), kind, words) for name, kind in fields.items()}
        return msgspec.structs.replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(_harmless(item, type_.__args__[0], words) for item in value)
    if type_ is str and not value.strip(" "):
        return value  # blanks alone are nothing to a renderer, and a word is something
    if type_ is str:
        # Letters alone: a word is never a number, a path or an abbreviation.
        return words.setdefault(value, "word" + chr(ord("a") + len(words) // 26) + chr(ord("a") + len(words) % 26))
    return value
