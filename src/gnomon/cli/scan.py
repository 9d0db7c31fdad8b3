"""`gnomon scan`: read the tree, load the knowledge, ask, select, render."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from gnomon import __version__
from gnomon.cli import console
from gnomon.cli.options import configuring, running
from gnomon.cli.output import check_writable, publish
from gnomon.cli.progress import progress
from gnomon.cli.rules import named
from gnomon.cli.scanning import Question, asked, scanned
from gnomon.core.baseline import Known
from gnomon.core.errors import GnomonError, TargetError
from gnomon.core.finding import Report, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.severity import Confidence, Severity
from gnomon.render.escape import visible
from gnomon.render.formats import FORMATS, check_targets, writer
from gnomon.render.outcome import Answer, Outcome
from gnomon.render.page import Style

if TYPE_CHECKING:
    from gnomon.cli.policy import Policy

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

    question: Question
    format: str
    output: str | None
    baseline: str | None
    config: str | None
    no_config: bool
    trust_config: bool
    progress: bool


@click.command(name="scan", epilog=_EXIT_CODES, short_help="Find where network bytes reach an unsafe deserializer.")
@click.argument("targets", metavar="TARGET…", nargs=-1)
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Write the report to FILE.")
@click.option("--min-severity", type=click.Choice([s.value for s in Severity]), help="Hide milder findings.")
@click.option(
    "--min-confidence",
    type=click.Choice([c.value for c in Confidence]),
    help="Hide less sure findings; without it, none is hidden.",
)
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Report this rule alone; may be given again.")
@click.option("--all", "all_", is_flag=True, help="Report the rules that are off by default too.")
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(),
    help="Report only what FILE, an earlier report of --format json, does not have.",
)
@click.option(
    "--since",
    metavar="REVISION",
    help="Report only what a change in a git repository has introduced: what the commit at which it parted from "
    "REVISION (their merge base) does not have. Files that are not committed yet count.",
)
@configuring
@running("Scan", "report")
@click.help_option("-h", "--help")
def command(
    targets: tuple[str, ...],
    format_: str,
    output: str | None,
    min_severity: str | None,
    min_confidence: str | None,
    rules: tuple[str, ...],
    all_: bool,
    baseline: str | None,
    since: str | None,
    config: str | None,
    no_config: bool,
    trust_config: bool,
    workers: int | None,
    no_cache: bool,
    no_progress: bool,
) -> int:
    """Find where network bytes reach an unsafe deserializer, who can reach that endpoint, and what authenticates it.

    TARGET is a folder, a file, a wheel, sdist, zip or tar, a container image, pypi:NAME==VERSION, PATH@REVISION in
    a git repository, or the URL of one (https://…/x.git@REVISION). Nothing of it is run.
    Several targets make one document: --format json writes an array of reports, --format sarif a run for each.
    """
    if not targets:
        raise GnomonError("nothing to scan was named.", remedy="gnomon scan .")
    question = Question(
        min_severity=Severity(min_severity) if min_severity else None,
        min_confidence=Confidence(min_confidence) if min_confidence else None,
        rules=rules,
        all=all_,
        since=since,
        workers=workers,
        cache=not no_cache,
    )
    options = Options(
        question=question,
        format=format_,
        output=output,
        baseline=baseline,
        config=config,
        no_config=no_config,
        trust_config=trust_config,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    return _scan(targets, options)


def _scan(names: Sequence[str], options: Options) -> int:
    check_targets(options.format, len(names))
    if options.output:
        check_writable(options.output)
    policy = _policy(names, options)
    known = policy.knowledge()
    for name in options.question.rules:
        named(name, known.rules)
    for remark in policy.remarks:
        console.print_problem(f"gnomon: {visible(f'{remark.path}: {remark.note}')}\n")
    answers = _answers(names, options, known, policy)
    outcome = _outcome(answers, options, known, policy)
    publish(writer(options.format)(outcome), options.output, options.format)
    return exit_code([answer.report for answer in answers])


def _policy(names: Sequence[str], options: Options) -> "Policy":
    from gnomon.cli.policy import policy, today

    if options.config is not None and options.no_config:
        raise GnomonError("--config and --no-config contradict each other.", remedy="leave one of them out")
    return policy(names, config=options.config, no_config=options.no_config, trust=options.trust_config, today=today())


def _answers(names: Sequence[str], options: Options, known: Knowledge, policy: "Policy") -> tuple[Answer, ...]:
    """An answer for each target; the last tells what no target had use for."""
    baseline = _baseline(options)
    wanted = replace(options, question=asked(options.question, policy))
    answers = [_answer(name, wanted, known, baseline, policy, several=len(names) > 1) for name in names]
    last = answers[-1].report
    last = replace(last, remarks=(*policy.remarks, *last.remarks, *policy.entries.remarks()))
    if baseline is not None:
        last = replace(last, gone=baseline.gone)
    return (*answers[:-1], replace(answers[-1], report=last))


def _baseline(options: Options) -> Known | None:
    if options.baseline is None:
        return None
    from gnomon.io.baselines import read_baseline

    return Known(read_baseline(options.baseline))


def _answer(
    name: str, options: Options, known: Knowledge, baseline: Known | None, policy: "Policy", *, several: bool
) -> Answer:
    """The report on one target. Among several, one that can't be read makes the answer incomplete, not impossible."""
    began, clock = datetime.now(UTC), perf_counter()
    with progress(f"scanning {name}", sys.stderr if options.progress else None):
        try:
            report = scanned(name, options.question, known, baseline, policy)
        except TargetError as error:
            if not several:
                raise
            report = _unread(name, error, known)
    return Answer(report=report, began=began, elapsed_s=perf_counter() - clock)


def _unread(name: str, error: TargetError, known: Knowledge) -> Report:
    from gnomon.io.git_names import shown

    return Report(
        target=shown(name),
        findings=(),
        skipped=(Skipped(path=shown(name), reason=error.problem),),
        tool_version=__version__,
        knowledge_version=known.version,
    )


def _outcome(answers: Sequence[Answer], options: Options, known: Knowledge, policy: "Policy") -> Outcome:
    return Outcome(
        answers=answers,
        rules=known.rules,
        folder=_working_folder(),
        show_hidden=_to_see_hidden(options.question, policy),
        style=Style() if options.output else console.style_of(sys.stdout),
    )


def _working_folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:  # somebody removed it: absolute targets can be read all the same
        return ""


def _to_see_hidden(question: Question, policy: "Policy") -> str:
    """What to change in the command so that nothing is hidden."""
    narrowing = {
        "--rule": question.rules,
        "--min-severity": question.min_severity,
        "--min-confidence": question.min_confidence not in (None, Confidence.LOW),
    }
    steps = [f"leave out `{name}`" for name, given in narrowing.items() if given]
    wanted = asked(question, policy)
    if replace(wanted, all=question.all) != question:
        steps.append("add `--no-config`")
    elif wanted.all:
        return " and ".join(steps)
    return " and ".join(steps if question.all else [*steps, "add `--all`"])


def exit_code(reports: Sequence[Report]) -> int:
    """Incomplete wins over found, and found over clean; a note is never a failure, and what is hidden neither."""
    if any(report.skipped for report in reports):
        return _INCOMPLETE
    shown = (finding for report in reports for finding in report.findings)
    return _FOUND if any(finding.severity is not Severity.NOTE for finding in shown) else _CLEAN
