"""`gnomon scan`: read the tree, load the knowledge, ask, select, render."""

import sys
from collections.abc import Sequence
from time import perf_counter

import click
from msgspec import Struct
from msgspec.structs import replace

from gnomon import __version__
from gnomon.cli import console
from gnomon.cli.output import check_writable, save
from gnomon.cli.progress import progress
from gnomon.cli.rules import named
from gnomon.core.baseline import Known
from gnomon.core.errors import GnomonError, TargetError
from gnomon.core.finding import Report, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.severity import Confidence, Severity
from gnomon.render.page import Style

_CLEAN, _FOUND, _INCOMPLETE = 0, 1, 4
_EXIT_CODES = """\b
Exit code:
  0  clean: nothing at or above the threshold (--min-severity, default low)
  1  findings at or above the threshold; a note is never one
  2  wrong usage, or a target that can't be read
  3  nothing to look at
  4  incomplete: something was skipped (wins over 1; findings are reported all the same)
"""


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for, beside the targets."""

    format: str
    output: str | None
    min_severity: Severity | None
    min_confidence: Confidence
    rules: tuple[str, ...]
    all: bool
    baseline: str | None
    cache: bool
    progress: bool


class Answer(Struct, frozen=True, kw_only=True):
    """A report, and how long it took."""

    report: Report
    elapsed_s: float


@click.command(name="scan", epilog=_EXIT_CODES, short_help="Find where network bytes reach an unsafe deserializer.")
@click.argument("targets", metavar="TARGET…", nargs=-1)
@click.option("--format", "format_", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Write the report to FILE.")
@click.option("--min-severity", type=click.Choice([s.value for s in Severity]), help="Hide milder findings.")
@click.option(
    "--min-confidence",
    type=click.Choice([c.value for c in Confidence]),
    default="low",
    show_default=True,
    help="Hide less sure findings.",
)
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Report this rule alone; may be given again.")
@click.option("--all", "all_", is_flag=True, help="Report the rules that are off by default too.")
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(),
    help="Report only what FILE, an earlier report of --format json, does not have.",
)
@click.option("--no-cache", is_flag=True, help="Scan anew, whatever is kept of earlier runs, and keep nothing.")
@click.option("--no-progress", is_flag=True, help="No progress on the terminal.")
@click.help_option("-h", "--help")
def command(
    targets: tuple[str, ...],
    format_: str,
    output: str | None,
    min_severity: str | None,
    min_confidence: str,
    rules: tuple[str, ...],
    all_: bool,
    baseline: str | None,
    no_cache: bool,
    no_progress: bool,
) -> int:
    """Find where network bytes reach an unsafe deserializer, who can reach that endpoint, and what authenticates it.

    TARGET is a folder, a file, a wheel, sdist, zip or tar, or pypi:NAME==VERSION. Nothing of it is run.
    With several targets, --format json writes an array of reports, and --format sarif a run for each.
    """
    if not targets:
        raise GnomonError("nothing to scan was named.", remedy="gnomon scan .")
    options = Options(
        format=format_,
        output=output,
        min_severity=Severity(min_severity) if min_severity else None,
        min_confidence=Confidence(min_confidence),
        rules=rules,
        all=all_,
        baseline=baseline,
        cache=not no_cache,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    return _scan(targets, options)


def _scan(names: Sequence[str], options: Options) -> int:
    from gnomon.knowledge.load import load

    known = load()
    for name in options.rules:
        named(name, known.rules)
    if options.output:
        check_writable(options.output)
    baseline = _baseline(options)
    answers = tuple(_answer(name, options, known, baseline, several=len(names) > 1) for name in names)
    if baseline is not None:
        *before, last = answers
        answers = (*before, replace(last, report=replace(last.report, gone=baseline.gone)))
    _print(answers, options, known)
    return _exit_code(answers)


def _baseline(options: Options) -> Known | None:
    if options.baseline is None:
        return None
    from gnomon.io.baselines import read_baseline

    return Known(read_baseline(options.baseline))


def _answer(name: str, options: Options, known: Knowledge, baseline: Known | None, *, several: bool) -> Answer:
    """The report on one target. Among several, one that can't be read makes the answer incomplete, not impossible."""
    began = perf_counter()
    with progress(f"scanning {name}", sys.stderr if options.progress else None):
        try:
            report = _report(name, options, known, baseline)
        except TargetError as error:
            if not several:
                raise
            report = _unread(name, error, known)
    return Answer(report=report, elapsed_s=perf_counter() - began)


def _report(name: str, options: Options, known: Knowledge, baseline: Known | None) -> Report:
    from gnomon.core.select import select
    from gnomon.io.results import results
    from gnomon.io.targets import read

    tree = read(name)
    picked = select(
        results(tree, known, keep=options.cache),
        known.rules,
        min_severity=options.min_severity or Severity.NOTE,
        min_confidence=options.min_confidence,
        rule_ids=options.rules,
        include_all=options.all,
        baseline=baseline,
    )
    return Report(
        target=tree.target,
        findings=picked.findings,
        suppressed=picked.suppressed,
        skipped=tree.skipped + picked.skipped,
        excluded=tree.excluded,
        files=len(tree.files),
        lines=sum(file.data.count(b"\n") for file in tree.files),
        digest=tree.digest,
        tool_version=__version__,
        knowledge_version=known.version,
        hidden=picked.hidden,
    )


def _unread(name: str, error: TargetError, known: Knowledge) -> Report:
    return Report(
        target=name,
        findings=(),
        skipped=(Skipped(path=name, reason=error.problem),),
        tool_version=__version__,
        knowledge_version=known.version,
    )


def _print(answers: Sequence[Answer], options: Options, known: Knowledge) -> None:
    reports = [answer.report for answer in answers]
    match options.format:
        case "json":
            from gnomon.render import json

            _deliver(json.render(reports), options)
        case "sarif":
            from gnomon.render import sarif

            _deliver(sarif.render(reports, known.rules), options)
        case _:
            if options.output:
                save(_text(answers, options, Style()).encode(), options.output)
            else:
                console.print_text(_text(answers, options, console.style_of(sys.stdout)))


def _deliver(document: bytes, options: Options) -> None:
    if options.output:
        save(document, options.output)
    else:
        console.print_bytes(document)


def _text(answers: Sequence[Answer], options: Options, style: Style) -> str:
    from gnomon.render import text

    pages = (
        text.render(
            answer.report,
            style,
            elapsed_s=answer.elapsed_s,
            show_hidden=_to_see_hidden(options),
            heading=len(answers) > 1,
        )
        for answer in answers
    )
    return "\n".join(pages)


def _to_see_hidden(options: Options) -> str:
    """What to change in the command so that nothing is hidden."""
    narrowing = {
        "--rule": options.rules,
        "--min-severity": options.min_severity,
        "--min-confidence": options.min_confidence is not Confidence.LOW,
    }
    steps = [f"leave out `{name}`" for name, given in narrowing.items() if given]
    return " and ".join(steps if options.all else [*steps, "add `--all`"])


def _exit_code(answers: Sequence[Answer]) -> int:
    """Incomplete wins over found, and found over clean; a note is never a failure, and what is hidden neither."""
    if any(answer.report.skipped for answer in answers):
        return _INCOMPLETE
    shown = (finding for answer in answers for finding in answer.report.findings)
    return _FOUND if any(finding.severity is not Severity.NOTE for finding in shown) else _CLEAN
