"""`gnomon audit`: read what is there, ask what is known of it, look into the files, render."""

import os
import sys
from datetime import UTC, datetime
from time import perf_counter

import click
from msgspec import Struct

from gnomon import __version__
from gnomon.cli import console
from gnomon.cli.options import running
from gnomon.cli.output import check_writable, publish
from gnomon.cli.policy import today
from gnomon.cli.progress import progress
from gnomon.core.audit import FINDINGS, Audited
from gnomon.render.audit_formats import FORMATS, writer
from gnomon.render.audit_outcome import AuditOutcome
from gnomon.render.page import Style

_CLEAN, _FOUND, _INCOMPLETE = 0, 1, 4
_EPILOG = """\b
Exit code:
  0  no package has a known flaw; everything was looked up
  1  packages with a known flaw
  2  wrong usage, or a target that can't be read
  3  nothing to look at
  4  incomplete: something can't be told, was skipped, failed or is too old (wins over 1)
"""


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for, beside the target."""

    format: str
    output: str | None
    evidence: bool
    copies: bool
    online: bool
    max_age_days: int | None
    workers: int | None
    cache: bool
    progress: bool


@click.command(name="audit", epilog=_EPILOG, short_help="Find packages with a known flaw.")
@click.argument("target", metavar="[TARGET]", required=False)
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Write the answer to FILE.")
@click.option("--no-evidence", is_flag=True, help="Compare versions alone; look into no file.")
@click.option(
    "--copies",
    is_flag=True,
    help="Look into every package, for copies of flawed code that no advisory is about; takes as long as scanning all.",
)
@click.option(
    "--online",
    is_flag=True,
    help="Ask the OSV service too: names and versions of the packages are sent to it.",
)
@click.option(
    "--max-age",
    metavar="DAYS",
    type=click.IntRange(min=0),
    help="Advisories whose newest record is older make the answer incomplete.  "
    "[default: none for gnomon's own, 30 for an imported dump]",
)
@running("Look")
@click.help_option("-h", "--help")
def command(
    target: str | None,
    format_: str,
    output: str | None,
    no_evidence: bool,
    copies: bool,
    online: bool,
    max_age: int | None,
    workers: int | None,
    no_cache: bool,
    no_progress: bool,
) -> int:
    """Find packages with a known flaw, and look whether the flawed code is really in the installed files.

    TARGET is an environment or its interpreter, a wheel or sdist or a folder of them, requirements.txt, pyproject.toml,
    pylock.toml, uv.lock, poetry.lock, a list of conda packages, a CycloneDX or SPDX document in JSON, a container
    image, or pypi:NAME==VERSION; without one, the environment that is active. Nothing of it is imported or run.
    """
    options = Options(
        format=format_,
        output=output,
        evidence=not no_evidence,
        copies=copies,
        online=online,
        max_age_days=max_age,
        workers=workers,
        cache=not no_cache,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    return _audit(target, options)


def _audit(target: str | None, options: Options) -> int:
    if options.output:
        check_writable(options.output)
    from gnomon.cli.auditing import Question, audited  # here, since `gnomon audit --help` can do without
    from gnomon.io.installed import default_environment

    name, why = (target, "") if target is not None else default_environment(os.environ, sys.prefix)
    question = Question(
        evidence=options.evidence,
        copies=options.copies,
        online=options.online,
        max_age_days=options.max_age_days,
        workers=options.workers,
        cache=options.cache,
        today=today(),
    )
    if why and options.format == "text":
        console.print_problem(f"gnomon: auditing {name}: {why}\n")
    began, clock = datetime.now(UTC), perf_counter()
    with progress(f"auditing {name}", sys.stderr if options.progress else None):
        answer = audited(name, question)
    outcome = AuditOutcome(
        audited=answer,
        began=began,
        elapsed_s=perf_counter() - clock,
        tool_version=__version__,
        style=Style() if options.output else console.style_of(sys.stdout),
    )
    publish(writer(options.format)(outcome), options.output, options.format)
    return exit_code(answer)


def exit_code(answer: Audited) -> int:
    """Incomplete wins over found: nobody should read 1 as "that is all"."""
    if answer.skipped:
        return _INCOMPLETE
    return _FOUND if any(each.status in FINDINGS for each in answer.verdicts) else _CLEAN
