"""`gnomon trace`: copies of known-flawed code in each target, and who took it from whom."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from gnomon import __version__
from gnomon.cli import console
from gnomon.cli.default_verb import OF, DefaultVerb, Of
from gnomon.cli.options import running
from gnomon.cli.output import check_writable, publish
from gnomon.cli.progress import progress
from gnomon.core.errors import GnomonError, TargetError
from gnomon.core.finding import Skipped
from gnomon.core.lineage import UNSAFE, Lineage, Traced
from gnomon.render.page import Style
from gnomon.render.trace_formats import FORMATS, writer
from gnomon.render.trace_outcome import TraceOutcome

if TYPE_CHECKING:
    from gnomon.cli.tracing import Looked, Question

_CLEAN, _FOUND, _INCOMPLETE = 0, 1, 4
_EPILOG = """\b
Further verbs:
  gnomon trace learn SOURCE…  write a signature of flawed code, so that its copies are found
  gnomon trace index TARGET…  remember every function of the targets
  gnomon trace like PATH:LINE tell what is known that the function at a line is like
\b
Exit code:
  0  no copy of a known signature that is still unsafe
  1  such copies
  2  wrong usage, or a target that can't be read
  3  nothing to look at
  4  incomplete: something was skipped (wins over 1; copies are reported all the same)
"""


class Verbs(DefaultVerb):
    """`gnomon trace TARGET…`, and verbs of its own; a target called as one of them is written `./learn`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The further verbs."""
        return ["learn", "index", "like"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
        """The verb's command, or None."""
        if cmd_name == "learn":
            from gnomon.cli.trace_learn import command as learn

            return learn
        if cmd_name == "index":
            from gnomon.cli.trace_index import command as index

            return index
        if cmd_name == "like":
            from gnomon.cli.trace_like import command as like

            return like
        return of if cmd_name == OF else None


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for, beside the targets."""

    format: str
    output: str | None
    signatures: tuple[str, ...]
    history: bool
    workers: int | None
    cache: bool
    progress: bool


@click.group(name="trace", cls=Verbs, add_help_option=False, short_help="Find copies of flawed code, and their source.")
def command() -> None:
    """Find copies of flawed code, and their source."""


@click.command(name="trace", cls=Of, epilog=_EPILOG)
@click.argument("targets", metavar="TARGET…", nargs=-1)
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Write the answer to FILE.")
@click.option(
    "--signatures",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(),
    help="Look for the signatures in FOLDER too, as `gnomon trace learn` writes them; may be given again.",
)
@click.option(
    "--history",
    is_flag=True,
    help="Read the histories of targets in git repositories: when code came, was fixed, went.",
)
@running("Read")
@click.help_option("-h", "--help")
def of(
    targets: tuple[str, ...],
    format_: str,
    output: str | None,
    signatures: tuple[str, ...],
    history: bool,
    workers: int | None,
    no_cache: bool,
    no_progress: bool,
) -> int:
    """Find copies of known-flawed code, say in which state each is, and who took it from whom.

    TARGET is whatever `gnomon scan` takes. Several targets, such as releases of several projects, are compared with one
    another too, and drawn as a lineage. Nothing of them is run.
    """
    if not targets:
        raise GnomonError("nothing to trace was named.", remedy="gnomon trace . or gnomon trace --help")
    options = Options(
        format=format_,
        output=output,
        signatures=signatures,
        history=history,
        workers=workers,
        cache=not no_cache,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    return _trace(targets, options)


def _trace(names: Sequence[str], options: Options) -> int:
    if options.output:
        check_writable(options.output)
    from gnomon.cli.tracing import question_of  # here, since `gnomon trace --help` can do without

    began, clock = datetime.now(UTC), perf_counter()
    question, version = question_of(options.signatures, options.workers, cache=options.cache, history=options.history)
    answers, lineage = _answers(names, options, question)
    outcome = TraceOutcome(
        traced=answers,
        lineage=lineage,
        style=Style() if options.output else console.style_of(sys.stdout),
        began=began,
        elapsed_s=perf_counter() - clock,
        tool_version=__version__,
        pack_version=version,
        signatures=len(question.signatures),
    )
    publish(writer(options.format)(outcome), options.output, options.format)
    return exit_code(answers)


def _answers(names: Sequence[str], options: Options, question: "Question") -> tuple[tuple[Traced, ...], Lineage | None]:
    """An answer for each target, and the lineage if there is more than one moment to draw."""
    from gnomon.cli.tracing import looked_at
    from gnomon.trace.lineage import lineage
    from gnomon.trace.pack import Pack

    pack = Pack(question.signatures)
    traced: list[Traced] = []
    looked: list[Looked] = []
    for name in names:
        with progress(f"tracing {name}", sys.stderr if options.progress else None):
            try:
                looked.append(looked_at(name, question, pack))
                traced.append(looked[-1].traced)
            except TargetError as error:
                error.remedy = error.remedy.replace("gnomon scan ", "gnomon trace ")
                if len(names) == 1:
                    raise
                traced.append(_unread(name, error))
    if len(looked) < 2 and not options.history:
        return tuple(traced), None
    releases = [release for each in looked for release in each.releases]
    sightings = [sighting for each in looked for sighting in each.sightings]
    return tuple(traced), lineage(releases, sightings, question.signatures)


def _unread(name: str, error: TargetError) -> Traced:
    from gnomon.io.git_names import shown

    skipped = (Skipped(path=shown(name), reason=error.problem),)
    return Traced(target=shown(name), digest="", copies=(), files=0, functions=0, skipped=skipped)


def exit_code(answers: Sequence[Traced]) -> int:
    """Incomplete wins over found, and found over clean; a project's own code is as unsafe as a copy of it."""
    if any(answer.skipped for answer in answers):
        return _INCOMPLETE
    return _FOUND if any(copy.state in UNSAFE for answer in answers for copy in answer.copies) else _CLEAN
