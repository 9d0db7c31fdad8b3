"""`gnomon fix`: look, offer changes that remove the findings, prove them by another scan, show or write them."""

import re
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, get_args

import click
from msgspec import Struct

from gnomon.cli import console
from gnomon.cli.options import configuring, running
from gnomon.cli.output import check_writable, publish, save
from gnomon.cli.progress import progress
from gnomon.cli.rules import named
from gnomon.cli.scan import exit_code
from gnomon.cli.scanning import Question, asked
from gnomon.core.errors import GnomonError
from gnomon.core.finding import Finding, Report
from gnomon.core.patch import Style as FixStyle
from gnomon.core.severity import Severity
from gnomon.render.escape import visible
from gnomon.render.fix_formats import FORMATS, writer
from gnomon.render.page import Style

if TYPE_CHECKING:
    from gnomon.cli.fixing import Bench, Looked
    from gnomon.core.model import Knowledge
    from gnomon.fix.narrowing import Narrowing
    from gnomon.fix.payload.learned import Learned
    from gnomon.render.fix_outcome import FixOutcome

_STYLES = get_args(FixStyle)
_FINGERPRINT = re.compile(r"[0-9a-f]{8,32}")
_PLACE = re.compile(r"(?P<path>.+):(?P<line>\d+)")
_LISTED = 20
_EXIT_CODES = """\b
Exit code, with --write of what is left afterwards:
  0  clean: nothing at or above the threshold (--min-severity, default low)
  1  findings at or above the threshold; a note is never one
  2  wrong usage, a target that can't be read, or files that can't be written
  3  nothing to look at
  4  incomplete: something was skipped (wins over 1)
"""


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for, beside the target and its findings."""

    question: Question
    style: FixStyle
    policy: str | None
    endpoint: str | None
    tests: bool
    write: bool
    unsafe: bool
    report: str | None
    format: str
    output: str | None
    config: str | None
    no_config: bool
    trust_config: bool
    progress: bool


@click.command(name="fix", epilog=_EXIT_CODES, short_help="Offer the changes that remove findings, on both ends.")
@click.argument("target", metavar="[TARGET]", default=".")
@click.argument("findings", metavar="[FINDING…]", nargs=-1)
@click.option("--write", is_flag=True, help="Apply the automatic changes, and scan again.")
@click.option("--unsafe", is_flag=True, help="Take the suggested changes, too: read them first.")
@click.option(
    "--style",
    type=click.Choice(list(_STYLES)),
    default="wire",
    show_default=True,
    help="What takes the place of pickle: gnomon.wire, typed MessagePack, JSON, a signed pickle, CURVE, an unpickler "
    "with an exact allow-list, or the loader's own switch.",
)
@click.option(
    "--policy",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Allow what FILE, a policy of `gnomon guard learn`, allows; for --style restrict.",
)
@click.option(
    "--endpoint",
    metavar="WHERE",
    help="Where ends go that are bound to every interface: loopback, ipc:PATH (both ends), or interface:NAME; offered "
    "beside --style, as a suggestion.  [default: loopback, where nothing is automatic]",
)
@click.option("--no-tests", is_flag=True, help="Write no tests of the changes.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write what was found and changed to FILE, as Markdown for the maintainers; - is standard output.",
)
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Write the answer to FILE.")
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Look at this rule alone; may be given again.")
@click.option("--all", "all_", is_flag=True, help="Look at the rules that are off by default too.")
@click.option("--min-severity", type=click.Choice([s.value for s in Severity]), help="Leave milder findings alone.")
@configuring
@running("Scan")
@click.help_option("-h", "--help")
def command(
    target: str,
    findings: tuple[str, ...],
    write: bool,
    unsafe: bool,
    style: FixStyle,
    policy: str | None,
    endpoint: str | None,
    no_tests: bool,
    report: str | None,
    format_: str,
    output: str | None,
    rules: tuple[str, ...],
    all_: bool,
    min_severity: str | None,
    config: str | None,
    no_config: bool,
    trust_config: bool,
    workers: int | None,
    no_cache: bool,
    no_progress: bool,
) -> int:
    """Offer the changes that remove findings: on both ends at once, formatting kept, each proven by another scan.

    TARGET is whatever `gnomon scan` takes, the current folder by default; --write takes a folder or a file. FINDING is
    the first 8 or more digits of a fingerprint, or PATH:LINE; without one, every finding is looked at. What comes
    through the same channel changes together. Nothing of the target is run.
    """
    question = Question(
        min_severity=Severity(min_severity) if min_severity else None,
        rules=rules,
        all=all_,
        workers=workers,
        cache=not no_cache,
    )
    options = Options(
        question=question,
        style=style,
        policy=policy,
        endpoint=endpoint,
        tests=not no_tests,
        write=write,
        unsafe=unsafe,
        report=report,
        format=format_,
        output=output,
        config=config,
        no_config=no_config,
        trust_config=trust_config,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    if not Path(target).exists() and (_FINGERPRINT.fullmatch(target) or _PLACE.fullmatch(target)):
        target, findings = ".", (target, *findings)
    return _fix(target, findings, options)


def _fix(name: str, wanted: tuple[str, ...], options: Options) -> int:
    from gnomon.cli.fixing import Bench
    from gnomon.cli.policy import policy, today

    _check(options)
    began = perf_counter()
    chosen = policy(
        [name], config=options.config, no_config=options.no_config, trust=options.trust_config, today=today()
    )
    known = chosen.knowledge()
    for rule in options.question.rules:
        named(rule, known.rules)
    for remark in chosen.remarks:
        console.print_problem(f"gnomon: {visible(f'{remark.path}: {remark.note}')}\n")
    bench = Bench(name, asked(options.question, chosen), known, chosen)
    with progress(f"fixing {name}", sys.stderr if options.progress else None):
        looked = bench.read()
        folder = _writable(name, looked) if options.write else None
        outcome = _outcome(bench, looked, name, _wanted(name, wanted, looked.report), options)
        if folder is not None and outcome.changes:
            outcome = _written(bench, folder, outcome)
    outcome = _finished(outcome, options, perf_counter() - began)
    _publish(outcome, options, known)
    return exit_code([outcome.after if outcome.written and outcome.after else outcome.report])


def _check(options: Options) -> None:
    """Raises GnomonError for what can't go together, or is bound to fail."""
    if options.config is not None and options.no_config:
        raise GnomonError("--config and --no-config contradict each other.", remedy="leave one of them out")
    if options.policy is not None and options.style != "restrict":
        raise GnomonError("--policy is for --style restrict.", remedy="add --style restrict, or leave --policy out")
    _endpoint(options)
    for path in (options.output, options.report if options.report != "-" else None):
        if path:
            check_writable(path)


def _outcome(
    bench: "Bench", looked: "Looked", name: str, findings: tuple[Finding, ...], options: Options
) -> "FixOutcome":
    from gnomon.cli.fixing import Trials, chosen_of
    from gnomon.fix.offers import Wanted
    from gnomon.render.fix_outcome import FixOutcome

    where = _endpoint(options)
    wanted = Wanted(style=options.style, tests=options.tests, learned=_learned(options.policy), endpoint=where)
    trials = Trials(bench, looked)
    proven = trials.proven(bench.offers(looked, findings, wanted))
    kept, result = trials.together(chosen_of(proven, unsafe=options.unsafe, narrow=where.asked))
    return FixOutcome(
        report=looked.report,
        tried=trials.tried(proven, kept),
        changes=trials.changes(result),
        after=trials.looked_after(result).report if kept else None,
        unsafe=options.unsafe,
        prefix=_prefix(name),
    )


def _endpoint(options: Options) -> "Narrowing":
    """What --endpoint says. Raises GnomonError."""
    from gnomon.fix.narrowing import Narrowing, narrowing

    return narrowing(options.endpoint) if options.endpoint is not None else Narrowing()


def _learned(path: str | None) -> "Learned | None":
    """What a policy of guard allows. Raises GnomonError."""
    if path is None:
        return None
    from gnomon.fix.payload.learned import learned

    try:
        return learned(Path(path).read_bytes(), path)
    except OSError as error:
        raise GnomonError(
            f"the policy {path} can't be read: {error.strerror}.", remedy="gnomon guard learn -o policy.json -- COMMAND"
        ) from error


def _prefix(name: str) -> str:
    """What makes the target's paths relative to the working folder; "" where it does not lie in it."""
    from gnomon.io.places import prefix_of

    return prefix_of(name, ".")


def _wanted(name: str, wanted: tuple[str, ...], report: Report) -> tuple[Finding, ...]:
    """The findings that are asked for; all but notes if none is. Raises GnomonError."""
    from gnomon.cli.fixing import red

    if not wanted:
        return red(report)
    prefix = _prefix(name)
    chosen = dict.fromkeys(finding for word in wanted for finding in _meant(word, prefix, report))
    return tuple(finding for finding in report.findings if finding in chosen)


def _meant(word: str, prefix: str, report: Report) -> list[Finding]:
    place = _PLACE.fullmatch(word)
    if _FINGERPRINT.fullmatch(word):
        found = [finding for finding in report.findings if finding.fingerprint.startswith(word)]
        if len({finding.fingerprint for finding in found}) > 1:
            raise GnomonError(
                f"{word} begins the fingerprints of several findings: {_told(found)}.", remedy="give more digits"
            )
    elif place:
        path = place["path"].removeprefix("./")
        paths = {path, path.removeprefix(prefix)}
        line = int(place["line"])
        found = [each for each in report.findings if each.site.path in paths and each.site.line == line]
    else:
        raise GnomonError(
            f"{word!r} names no finding: 8 or more digits of its fingerprint do, or PATH:LINE.",
            remedy=f"one of {_told(report.findings)}",
        )
    if not found:
        raise GnomonError(f"there is no finding {word} in {report.target}.", remedy=f"one of {_told(report.findings)}")
    return found


def _told(findings: "list[Finding] | tuple[Finding, ...]") -> str:
    """The findings, so that one can be named."""
    told = [f"{finding.fingerprint[:8]} ({finding.site.path}:{finding.site.line})" for finding in findings[:_LISTED]]
    more = len(findings) - len(told)
    return ", ".join(told) + (f" and {more:,} more" if more > 0 else "") if told else "none: there are no findings"


def _writable(name: str, looked: "Looked") -> Path:
    """The folder that the target's paths are relative to. Raises GnomonError if nothing may be written there."""
    path = Path(name)
    if looked.tree.digest or looked.tree.image is not None or not path.exists():
        raise GnomonError(
            f"--write changes files in a folder, and {name} is none: it is only read.",
            remedy="unpack it, or check it out, and name the folder",
        )
    return path if path.is_dir() else path.parent


def _written(bench: "Bench", folder: Path, outcome: "FixOutcome") -> "FixOutcome":
    """The changes on the disk, and what is found there then."""
    from msgspec.structs import replace

    from gnomon.io.changes import put

    before = {change.path: change.before for change in outcome.changes if change.before is not None}
    put(folder, before, {change.path: change.after for change in outcome.changes})
    return replace(outcome, written=True, after=bench.read().report)


def _finished(outcome: "FixOutcome", options: Options, elapsed_s: float) -> "FixOutcome":
    from msgspec.structs import replace

    style = Style() if options.output else console.style_of(sys.stdout)
    return replace(outcome, style=style, elapsed_s=elapsed_s)


def _publish(outcome: "FixOutcome", options: Options, known: "Knowledge") -> None:
    if options.report:
        from gnomon.cli.fix_disclosure import disclosure
        from gnomon.render.fix_report import write

        document = write(disclosure(outcome, known.rules))
        if options.report == "-":
            publish(document, None, "markdown")
            return
        save(document.data, options.report)
    publish(writer(options.format)(outcome), options.output, options.format)
