"""Which results a run shows: those of the chosen rules at or above the thresholds, worst first; the rest is counted."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.baseline import Known
from gnomon.core.endpoint import WIDEST_REACH_FIRST
from gnomon.core.finding import Finding, Skipped, Suppressed
from gnomon.core.rule import Rule
from gnomon.core.severity import Confidence, Severity


class Selection(Struct, frozen=True, kw_only=True):
    """Every result of a run: to be shown, counted as hidden, or never looked at."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    skipped: tuple[Skipped, ...]
    hidden: int


def select(
    results: Iterable[Finding | Skipped],
    rules: Iterable[Rule],
    *,
    min_severity: Severity = Severity.NOTE,
    min_confidence: Confidence = Confidence.LOW,
    rule_ids: Iterable[str] = (),
    include_all: bool = False,
    baselines: Sequence[Known] = (),
) -> Selection:
    """The results of `rule_ids` (else of all rules, else of those on by default) that reach both thresholds, sorted.

    Those that one of `baselines` has are suppressed.
    """
    wanted = frozenset(rule_ids) or {rule.id for rule in rules if include_all or rule.default}
    shown: list[Finding] = []
    hidden: list[Finding] = []
    skipped: list[Skipped] = []
    for result in results:
        if isinstance(result, Skipped):
            skipped.append(result)
        elif (
            result.rule in wanted
            and result.severity.at_least(min_severity)
            and result.confidence.at_least(min_confidence)
        ):
            shown.append(result)
        else:
            hidden.append(result)
    skipped.sort(key=lambda entry: (entry.path, entry.reason))
    new: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in sorted(shown, key=urgency):
        if places := _known(finding, baselines):
            suppressed.append(Suppressed(finding=finding, reason=f"known {places[0]}"))
        else:
            new.append(finding)
    for finding in hidden:
        _known(finding, baselines)  # hidden, but still there
    return Selection(
        findings=tuple(_with_former(finding, baselines) for finding in new),
        suppressed=tuple(suppressed),
        skipped=tuple(skipped),
        hidden=len(hidden),
    )


def _known(finding: Finding, baselines: Iterable[Known]) -> list[str]:
    """Where the finding is known; every baseline that has it is asked, so that none counts it as gone."""
    return [baseline.place for baseline in baselines if baseline.takes(finding)]


def _with_former(finding: Finding, baselines: Iterable[Known]) -> Finding:
    """A finding that has become worse is news, and says what it was."""
    for baseline in baselines:
        if (former := baseline.milder(finding)) is not None:
            finding = replace(finding, message=f"{finding.message}; known as {former} {baseline.place}")
    return finding


def urgency(finding: Finding) -> tuple[int, int, str, int, int, str, str, str]:
    """Sorts by severity, then by who can reach it, then by place; the rest makes the order the same in each run."""
    reach = finding.endpoint.reach if finding.endpoint else "unknown"
    return (
        list(Severity).index(finding.severity),
        WIDEST_REACH_FIRST.index(reach),
        finding.site.path,
        finding.site.line,
        finding.site.span.column,
        finding.rule,
        finding.confidence.value,
        finding.message,
    )
