"""What `gnomon survey` found as text for people: the worst of each project, what failed, and what to type next."""

from collections.abc import Iterator

from gnomon.core.pace import duration
from gnomon.core.severity import Severity
from gnomon.render.asides import remark_words
from gnomon.render.outcome import Document
from gnomon.render.page import Page, Words, counted
from gnomon.render.survey_outcome import SurveyOutcome
from gnomon.render.survey_tally import Flawed, Tally

_PROJECTS, _FAILURES, _REMARKS = 15, 15, 10


def write(outcome: SurveyOutcome) -> Document:
    """The summary."""
    page, tally = Page(outcome.style), outcome.tally
    for each in tally.flawed[:_PROJECTS]:
        _write_project(page, each)
    if len(tally.flawed) > _PROJECTS:
        page.line(Words(f"{len(tally.flawed) - _PROJECTS:,} more projects with findings", "dim"))
    page.blank()
    for failure in tally.failures[:_FAILURES]:
        page.line(
            Words(f"{failure.target}: ", "strong"),
            Words(failure.problem),
            Words(f" try: {failure.remedy}" if failure.remedy and not failure.passing else "", "dim"),
            first=Words("failed ", "warn"),
            rest=Words("    "),
        )
    if len(tally.failures) > _FAILURES:
        page.line(Words(f"{len(tally.failures) - _FAILURES:,} more failed; failures.parquet lists them all", "dim"))
    page.blank()
    for remark in outcome.remarks[:_REMARKS]:
        page.line(*remark_words(remark), first=Words("Remark: ", "warn"))
    if len(outcome.remarks) > _REMARKS:
        page.line(Words(f"{len(outcome.remarks) - _REMARKS:,} more remarks on the list", "dim"))
    page.line(*_counts(tally))
    _write_numbers(page, outcome)
    for words in _next(outcome):
        page.line(Words(words), first=Words("next: ", "strong"))
    return Document(data=page.text().encode())


def _write_project(page: Page, flawed: Flawed) -> None:
    of = f"{flawed.flawed:,} of {flawed.examined:,} have findings"
    page.line(
        Words(flawed.severity.upper(), flawed.severity if flawed.severity != "critical" else "high"),
        Words(" "),
        Words(flawed.project, "strong"),
        Words(f" ({flawed.reach}; {of}): ", "dim"),
        Words(f"{flawed.target} "),
        Words(f"{flawed.path}:{flawed.line}", "place"),
        Words(f" {flawed.message}"),
        rest=Words("    "),
    )


def _counts(tally: Tally) -> Iterator[Words]:
    yield Words(counted(tally.targets, "target"), "strong")
    yield Words(f": {tally.status['examined']:,} examined")
    if tally.empty:
        yield Words(f" ({tally.empty:,} without any Python)")
    if tally.status["incomplete"]:
        skipped = counted(tally.skipped, "place")
        yield Words(f", {tally.status['incomplete']:,} not as a whole ({skipped} skipped)", "warn")
    if tally.status["failed"]:
        yield Words(f", {tally.status['failed']:,} failed", "warn")
    yield Words("; ")
    told = [f"{tally.severity[each.value]:,} {each.value}" for each in Severity if tally.severity[each.value]]
    found = f"findings: {', '.join(told)}" if told else "no findings"
    yield Words(found, "bad" if tally.finds else "good")
    if tally.unsafe_copies:
        yield Words(f"; {tally.unsafe_copies:,} unsafe {'copy' if tally.unsafe_copies == 1 else 'copies'}", "bad")
    if tally.affected:
        yield Words(f"; {counted(tally.affected, 'target')} with a known flaw", "bad")


def _write_numbers(page: Page, outcome: SurveyOutcome) -> None:
    tally = outcome.tally
    page.line(
        Words(
            f"{counted(tally.files, 'file')}, {counted(tally.lines, 'line')}; {outcome.now:,} examined by this run, "
            f"{outcome.before:,} before, in {duration(outcome.elapsed_s)}; "
            f"{', '.join(outcome.tables)} in {outcome.folder}",
            "dim",
        )
    )


def _next(outcome: SurveyOutcome) -> Iterator[str]:
    if outcome.tally.failures and outcome.list:
        yield f"gnomon survey {outcome.list} -o {outcome.folder} --retry-failed"
