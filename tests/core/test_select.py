"""What is shown of a run's results, in which order, and that nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Skipped, Source
from gnomon.core.rule import Rule
from gnomon.core.select import select
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span


def _rule(name: str, *, default: bool) -> Rule:
    return Rule(
        id=name, title="", default=default, sources=("zmq",), sinks=("code-execution",), remedy="", what="", why="",
        fix="", detection="", blind_spots="",
    )  # fmt: skip


def _finding(rule="on", severity=Severity.HIGH, confidence=Confidence.HIGH, path="a.py", line=1, reach=None) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        confidence=confidence,
        message="",
        site=CodeSite(path=path, span=Span(line=line, end_line=line)),
        qualname="",
        sink="pickle.loads",
        source=Source(kind="zmq"),
        endpoint=Endpoint(reach=reach) if reach else None,
    )


RULES = (_rule("on", default=True), _rule("off", default=False))
RESULTS = st.lists(
    st.builds(
        _finding,
        rule=st.sampled_from(["on", "off"]),
        severity=st.sampled_from(Severity),
        confidence=st.sampled_from(Confidence),
        path=st.sampled_from(["a.py", "b.py"]),
        line=st.integers(1, 3),
        reach=st.sampled_from([None, "any-host", "process"]),
    )
    | st.builds(Skipped, path=st.sampled_from(["x.py", "y.py"]), reason=st.just("why"))
)


def test_rules_that_are_off_by_default_are_hidden():
    """Without further wishes every severity of the default rules is shown; the rest is counted."""
    results = [_finding("off"), _finding("on", Severity.NOTE, Confidence.LOW)]

    assert [finding.rule for finding in select(results, RULES).findings] == ["on"]
    assert select(results, RULES).hidden == 1
    assert select(results, RULES, include_all=True).hidden == 0


def test_named_rules_are_shown_alone():
    """Naming a rule shows it whether it is on by default or not, and hides the others."""
    picked = select([_finding("on"), _finding("off")], RULES, rule_ids=["off"])

    assert ([finding.rule for finding in picked.findings], picked.hidden) == (["off"], 1)


def test_thresholds_hide_what_is_milder_or_less_sure():
    """A finding has to reach both thresholds."""
    results = [
        _finding(severity=Severity.CRITICAL, confidence=Confidence.LOW),
        _finding(severity=Severity.MEDIUM, confidence=Confidence.HIGH),
        _finding(severity=Severity.HIGH, confidence=Confidence.MEDIUM),
    ]

    picked = select(results, RULES, min_severity=Severity.HIGH, min_confidence=Confidence.MEDIUM)

    assert ([finding.severity for finding in picked.findings], picked.hidden) == ([Severity.HIGH], 2)


def test_the_worst_comes_first():
    """Severity decides, then who can reach it, then the place."""
    results = [
        _finding(severity=Severity.LOW),
        _finding(path="b.py", line=2),
        _finding(path="b.py", line=1),
        _finding(path="z.py", reach="any-host"),
        _finding(path="a.py", reach="this-host"),
        _finding(path="y.py", severity=Severity.CRITICAL),
    ]

    order = [(finding.site.path, finding.site.line) for finding in select(results, RULES).findings]

    assert order == [("y.py", 1), ("z.py", 1), ("b.py", 1), ("b.py", 2), ("a.py", 1), ("a.py", 1)]


@given(RESULTS, st.sampled_from(Severity), st.sampled_from(Confidence), st.booleans())
def test_nothing_is_lost_and_the_order_of_finding_does_not_matter(results, severity, confidence, include_all):
    """Every result is shown, hidden or skipped; the same results in another order give the same selection."""
    wishes = {"min_severity": severity, "min_confidence": confidence, "include_all": include_all}

    picked = select(results, RULES, **wishes)

    assert len(picked.findings) + picked.hidden + len(picked.skipped) == len(results)
    assert select(reversed(results), RULES, **wishes) == picked
