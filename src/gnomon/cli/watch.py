"""`gnomon watch`: ask which releases there are, have the new ones examined, say only what has changed."""

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TextIO

import click
from msgspec import Struct
from msgspec.structs import replace

from gnomon import __version__
from gnomon.cli import console
from gnomon.cli.options import running
from gnomon.cli.output import publish
from gnomon.cli.progress import progress
from gnomon.core.watch import WatchReport
from gnomon.render.escape import visible
from gnomon.render.watch_formats import FORMATS, writer
from gnomon.render.watch_outcome import WatchOutcome

if TYPE_CHECKING:
    from gnomon.cli.watching import Watch
    from gnomon.io.survey_store import SurveyStore

_QUIET, _BAD, _INCOMPLETE = 0, 1, 4
_TIMEOUT_S = 1_800.0
"""That one release may take."""
_SPARE_BYTES = 2_000_000_000
"""Of the disk, that downloads leave free."""
_EPILOG = """\b
Exit code:
  0    nothing new, or nothing that makes it worse
  1    a flaw is new or back, or more can reach it
  2    wrong usage, or a list or folder that can't be used
  3    no package to watch
  4    incomplete: an index did not answer, or a release was not looked at as a whole (wins over 1)
  130  interrupted; the same command goes on
"""


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for, beside the list."""

    output: str
    format: str
    releases: int
    pre: bool
    workers: int | None
    cache: bool
    progress: bool


@click.command(name="watch", epilog=_EPILOG, short_help="Say what new releases of packages change.")
@click.argument("list_", metavar="PACKAGES")
@click.option("--output", "-o", metavar="STATE", required=True, type=click.Path(), help="Keep what is known in STATE.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option(
    "--releases",
    metavar="N",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Of a package that is met for the first time, the newest releases to hold later ones against.",
)
@click.option("--pre", is_flag=True, help="Look at pre-releases, too.")
@running("Examine", "report")
@click.help_option("-h", "--help")
def command(
    list_: str,
    output: str,
    format_: str,
    releases: int,
    pre: bool,
    workers: int | None,
    no_cache: bool,
    no_progress: bool,
) -> int:
    """Look for new releases of packages, and say only what they change: flaws that are new, back, worse or fixed.

    PACKAGES is a file with a package a line, such as vllm or vllm>=0.8,<1, or - for standard input. STATE is a folder
    that is made, or that an earlier run or `gnomon survey` has made. The first time a package is met, its newest
    releases are only looked at. Nothing of a release is run.
    """
    options = Options(
        output=output,
        format=format_,
        releases=releases,
        pre=pre,
        workers=workers,
        cache=not no_cache,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    return _watch(list_, options)


def _watch(list_: str, options: Options) -> int:
    from gnomon.cli.crews import terminable
    from gnomon.cli.watching import look
    from gnomon.io import survey_store, watch_state
    from gnomon.io.package_list import package_list

    began = monotonic()
    words = package_list(list_)
    with terminable(), survey_store.opened(Path(options.output)) as store:
        state = watch_state.load(store.folder)
        watch = _begun(store, options)
        state = look(words, store, state, watch)
        report = state.untold or WatchReport(number=state.report, packages=())
        watch_state.save(store.folder, state)
        _tell(report, options, monotonic() - began)
        watch_state.save(store.folder, replace(state, untold=None))
    return exit_code(report)


def _begun(store: "SurveyStore", options: Options) -> "Watch":
    """How to look, in a folder whose answers are those of the same tools."""
    from gnomon.cli.crews import memory_for_each
    from gnomon.cli.examining import tools
    from gnomon.cli.surveying import survey_of
    from gnomon.cli.watch_plan import Choice
    from gnomon.cli.watching import Watch
    from gnomon.core.survey import Instructions
    from gnomon.io import survey_store, watch_state
    from gnomon.io.local_crew import local_crew
    from gnomon.io.workers import processors

    before = survey_store.survey_of(store.folder)
    workers = options.workers or processors()
    instructions = Instructions(
        tools=tools(),
        all_functions=before is not None and before.all_functions,
        history=before is not None and before.history,
        cache=options.cache,
        spare_bytes=_SPARE_BYTES,
    )
    if before is not None and before.tools != instructions.tools:
        aside = watch_state.set_aside(store.folder)
        console.print_problem(
            f"gnomon: answers of another gnomon, or of other knowledge, are in {visible(str(aside))} now; "
            "what is needed of them is looked at anew\n"
        )
    survey_store.begin(store.folder, survey_of(instructions, ()))
    return Watch(
        choice=Choice(releases=options.releases, pre=options.pre),
        crew=local_crew(workers, memory_bytes=memory_for_each(workers), patience_s=_TIMEOUT_S),
        instructions=instructions,
        workers=workers,
        show=lambda pace: progress(lambda: pace.words(monotonic()), _shown(options)),
        asking=lambda: progress("asking which releases there are", _shown(options)),
    )


def _tell(report: WatchReport, options: Options, elapsed_s: float) -> None:
    outcome = WatchOutcome(
        report=report, elapsed_s=elapsed_s, tool_version=__version__, style=console.style_of(sys.stdout)
    )
    publish(writer(options.format)(outcome), None, options.format)
    sys.stdout.flush()


def _shown(options: Options) -> TextIO | None:
    return sys.stderr if options.progress else None


def exit_code(report: WatchReport) -> int:
    """Incomplete wins over worse, and worse over quiet."""
    if any(each.is_incomplete for each in report.packages):
        return _INCOMPLETE
    return _BAD if any(each.is_bad for each in report.packages) else _QUIET
