"""`gnomon hook`: read an edit on standard input, judge what it brings, answer whoever asks in its own way."""

import sys
from pathlib import Path

import click
from msgspec import Struct

from gnomon.cli import console
from gnomon.core.errors import GnomonError
from gnomon.core.finding import Report
from gnomon.core.severity import Confidence, Severity
from gnomon.render.page import Style

MAX_INPUT_BYTES = 50_000_000
_CLEAN, _FOUND, _REFUSED, _INCOMPLETE = 0, 1, 2, 4
_EXIT_CODES = """\b
Exit code:
  0  the edit brings nothing (also if it touches no Python)
  1  it brings a finding; to an assistant's event: 2, with the text on standard error (with --format claude: 0)
  2  wrong usage
  4  incomplete: something could not be looked at (wins over 1; to an event, 2 wins)
"""


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for."""

    path: str
    format: str
    min_severity: Severity | None
    min_confidence: Confidence
    all: bool


@click.command(name="hook", epilog=_EXIT_CODES)
@click.option("--path", metavar="NAME", default="", help="Standard input is Python source of a file called NAME.")
@click.option("--format", "format_", type=click.Choice(["text", "json", "claude"]), default="text", show_default=True)
@click.option("--min-severity", type=click.Choice([s.value for s in Severity]), help="Hide milder findings.")
@click.option(
    "--min-confidence",
    type=click.Choice([c.value for c in Confidence]),
    default="low",
    show_default=True,
    help="Hide less sure findings; low are those in fragments that show no address.",
)
@click.option("--all", "all_", is_flag=True, help="Note loads of files and of unknown origin too.")
@click.help_option("-h", "--help")
def command(path: str, format_: str, min_severity: str | None, min_confidence: str, all_: bool) -> int:
    """Say in a moment whether an edit brings the flaw; for editors, commit hooks and coding assistants.

    Standard input is Python source (a file or a fragment), a unified diff, or the JSON event that an assistant sends
    to its hooks. Only the files of the edit are looked at, and only what its new lines have a part in is reported.
    """
    options = Options(
        path=path,
        format=format_,
        min_severity=Severity(min_severity) if min_severity else None,
        min_confidence=Confidence(min_confidence),
        all=all_,
    )
    return _judge(_standard_input(), options)


def _standard_input() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise GnomonError("nothing is on standard input.", remedy="git diff | gnomon hook")
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        raise GnomonError(
            f"standard input is larger than {MAX_INPUT_BYTES // 1_000_000} MB.", remedy="gnomon scan the folder instead"
        )
    return data


def _judge(data: bytes, options: Options) -> int:
    from gnomon.io.edits import read_change

    change = read_change(data, path=options.path, folder=Path.cwd())
    if options.format == "claude" and not change.event:
        raise GnomonError("--format claude answers a hook's event, and standard input is none.", remedy="--format text")
    if not change.edits and not change.skipped and change.event:
        return _CLEAN  # most of what an assistant does is none of our business, and should not wait for the engine
    from gnomon.cli.edit_report import report_on
    from gnomon.knowledge.load import load

    report = report_on(
        change,
        load(),
        min_severity=options.min_severity or Severity.NOTE,
        min_confidence=options.min_confidence,
        include_all=options.all,
    )
    if options.format == "json":
        from gnomon.render import json

        console.print_bytes(json.render([report]))
        return _exit_code(report)
    if not change.event:
        console.print_text(_text(report, console.style_of(sys.stdout)))
        return _exit_code(report)
    return _answer(report, change.event, as_json=options.format == "claude")


def _answer(report: Report, event: str, *, as_json: bool) -> int:
    """Answers an assistant where it listens: nothing if the edit is clean, else the decision or the exit code."""
    flawed = _is_flawed(report)
    if flawed and as_json:
        from gnomon.render import decision

        console.print_bytes(decision.render(event, _text(report, Style())))
        return _CLEAN
    code = _REFUSED if flawed else _exit_code(report)
    if code != _CLEAN:
        console.print_problem(_text(report, console.style_of(sys.stderr)))
    return code


def _text(report: Report, style: Style) -> str:
    from gnomon.io.edits import project_of
    from gnomon.render import brief

    folder = project_of(Path.cwd()) or Path.cwd()
    return brief.render(report, style, command=f"gnomon scan {'.' if folder == Path.cwd() else folder}")


def _exit_code(report: Report) -> int:
    if report.skipped:
        return _INCOMPLETE
    return _FOUND if _is_flawed(report) else _CLEAN


def _is_flawed(report: Report) -> bool:
    return any(finding.severity is not Severity.NOTE for finding in report.findings)
