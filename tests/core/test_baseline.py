"""What a baseline answers for: findings it has, as bad as it has them, each entry once."""

from gnomon.core.baseline import Known, baseline_of
from gnomon.core.finding import Finding, Source
from gnomon.core.select import select
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span


def _finding(severity: Severity, fingerprint: str = "f", line: int = 1) -> Finding:
    return Finding(
        rule="r",
        severity=severity,
        confidence=Confidence.HIGH,
        message="it unpickles",
        site=CodeSite(path="a.py", span=Span(line=line, end_line=line)),
        qualname="",
        sink="pickle.loads",
        source=Source(kind="zmq"),
        fingerprint=fingerprint,
    )


def _known(*severities: Severity, place: str = "at base") -> Known:
    return Known(baseline_of(place, [("f", severity) for severity in severities]))


def _news(findings: list[Finding], *baselines: Known) -> list[str]:
    return [finding.message for finding in select(findings, (), rule_ids=["r"], baselines=baselines).findings]


def test_a_finding_that_became_worse_is_news_and_says_what_it_was():
    """It is neither new nor gone."""
    known = _known(Severity.MEDIUM)

    assert _news([_finding(Severity.CRITICAL)], known) == ["it unpickles; known as medium at base"]
    assert known.gone == 0


def test_a_finding_that_became_milder_is_known():
    """The severity that was accepted covers it."""
    known = _known(Severity.CRITICAL)

    assert _news([_finding(Severity.LOW)], known) == []
    assert known.gone == 0


def test_each_finding_finds_the_entry_that_covers_it():
    """A worse copy does not take the entry of the milder original, whatever the order of the entries."""
    findings = [_finding(Severity.MEDIUM, line=1), _finding(Severity.CRITICAL, line=2)]

    assert _news(findings, _known(Severity.MEDIUM)) == ["it unpickles"]
    assert _news(findings, _known(Severity.MEDIUM, Severity.CRITICAL)) == []
    assert _news(findings, _known(Severity.CRITICAL, Severity.MEDIUM)) == []
    assert _news(findings, _known(Severity.MEDIUM, Severity.MEDIUM)) == ["it unpickles; known as medium at base"]


def test_two_baselines_answer_together():
    """What either has is known; the first is named, and neither counts it as gone."""
    report, base = _known(Severity.HIGH, place="from known.json"), _known(Severity.HIGH, Severity.HIGH)
    findings = [_finding(Severity.HIGH, line=line) for line in (1, 2, 3)]

    picked = select(findings, (), rule_ids=["r"], baselines=(report, base))

    assert [entry.reason for entry in picked.suppressed] == ["known from known.json", "known at base"]
    assert len(picked.findings) == 1
    assert (report.gone, base.gone) == (0, 0)


def test_what_is_not_found_again_is_gone():
    """Entries that nothing answers to are counted."""
    known = _known(Severity.HIGH, Severity.HIGH)

    _news([_finding(Severity.HIGH), _finding(Severity.HIGH, "other")], known)

    assert known.gone == 1
