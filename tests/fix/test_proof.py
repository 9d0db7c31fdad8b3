"""A change holds if its findings are gone, and nothing came for them."""

import pytest
from msgspec.structs import replace

from gnomon.core.finding import Finding, Skipped, Source
from gnomon.core.patch import Offer
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span
from gnomon.fix.proof import shortfalls

FINDING = Finding(
    rule="pickle-over-network",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="words",
    site=CodeSite(path="a.py", span=Span(line=4, end_line=4)),
    qualname="f",
    sink="pickle.loads",
    source=Source(kind="zmq"),
)
OTHER = replace(FINDING, qualname="g")
MOVED = replace(FINDING, site=CodeSite(path="a.py", span=Span(line=9, end_line=9)))
MILDER = replace(MOVED, severity=Severity.LOW)
NOTE = replace(MOVED, severity=Severity.NOTE)
UNREAD = Skipped(path="b.py", reason="words")


@pytest.mark.parametrize(
    ("standing", "before", "after", "expected"),
    [
        ("automatic", [FINDING, OTHER], [OTHER], ""),
        ("automatic", [FINDING], [NOTE], ""),
        ("automatic", [FINDING], [MOVED], "a.py:9 is still there"),
        ("automatic", [FINDING], [MILDER], "a.py:9 is still there"),
        ("suggested", [FINDING], [MILDER], ""),
        ("suggested", [FINDING], [MOVED], "a.py:9 is still there"),
        ("automatic", [FINDING], [OTHER], "a.py:4 is new"),
        ("automatic", [FINDING, MOVED], [MOVED], ""),
        ("automatic", [FINDING, UNREAD], [UNREAD], ""),
        ("automatic", [FINDING], [UNREAD], "b.py could not be analysed: words"),
    ],
)
def test_a_change_is_held_to_what_another_scan_finds(standing, before, after, expected):
    """Lines may move; a suggestion may also make a finding milder."""
    offer = Offer(findings=(FINDING,), style="wire", recipe="sockets", standing=standing, title="words")

    found = shortfalls([offer], before, after)

    assert [text.endswith(expected) for text in found] == ([True] if expected else [])
