"""`gnomon survey`: scan, trace and audit over a list of targets, kept in a folder as it goes on."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from shlex import quote
from time import monotonic
from typing import TYPE_CHECKING, TextIO

import click
from msgspec import Struct

from gnomon.cli import console
from gnomon.cli.crews import memory_for_each, terminable
from gnomon.cli.options import running
from gnomon.cli.output import publish
from gnomon.cli.progress import progress
from gnomon.cli.sizes import Size
from gnomon.core.errors import GnomonError, NothingToScan
from gnomon.core.finding import Remark
from gnomon.core.survey import Instructions
from gnomon.io.limits import megabytes
from gnomon.render.escape import visible
from gnomon.render.page import counted
from gnomon.render.survey_formats import FORMATS, writer
from gnomon.render.survey_outcome import SurveyOutcome

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gnomon.cli.surveying import Work
    from gnomon.core.crew import Crew
    from gnomon.io.survey_store import SurveyStore
    from gnomon.io.target_list import Targets

_PATIENCE_S = 120.0
"""For an index that is busy when it is asked which releases there are."""
_CLEAN, _FOUND, _INCOMPLETE, _INTERRUPTED = 0, 1, 4, 130
_EPILOG = """\b
Exit code:
  0    nothing is found
  1    findings, unsafe copies or packages with a known flaw, in any target
  2    wrong usage, or a folder that can't be used
  3    nothing to survey
  4    incomplete: a target failed or was not looked at as a whole, or a line is no target (wins over 1)
  130  interrupted; the same command goes on
"""
"""Exit codes, as `--help` shows them."""


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for, beside the list."""

    output: str
    format: str
    workers: int | None
    memory: int | None
    timeout: float
    disk: int
    keep_downloads: bool
    all_functions: bool
    trace: bool
    audit: bool
    retry_failed: bool
    releases: int | None
    dry_run: bool
    cluster: str | None
    open_cluster: bool
    cache: bool
    progress: bool


@click.command(name="survey", epilog=_EPILOG, short_help="Examine thousands of releases.")
@click.argument("list_", metavar="[LIST]", required=False)
@click.option("--output", "-o", metavar="FOLDER", required=True, type=click.Path(), help="Keep the answers in FOLDER.")
@click.option(
    "--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="Of the summary."
)
@click.option(
    "--memory",
    metavar="SIZE",
    type=Size(),
    help="Memory that one target may take, such as 2GB; one that takes more fails.  [default: 80% of the machine's, "
    "shared by the workers]",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=1_800,
    show_default=True,
    help="Time that one target may take.",
)
@click.option(
    "--disk", metavar="SIZE", type=Size(), default="2GB", show_default=True, help="Room that downloads leave free."
)
@click.option("--keep-downloads", is_flag=True, help="Keep every archive that is downloaded; else it is removed.")
@click.option("--all-functions", is_flag=True, help="Keep every function for comparisons, not only those with a sink.")
@click.option("--no-trace", is_flag=True, help="Look for no copies of flawed code.")
@click.option("--no-audit", is_flag=True, help="Look for no packages with a known flaw.")
@click.option("--retry-failed", is_flag=True, help="Examine again what could not be read.")
@click.option(
    "--releases",
    metavar="N",
    type=click.IntRange(min=1),
    help="Where a line names no version, the N newest releases.  [default: the newest one of a name, all of a range]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be examined, and examine nothing.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Have the workers of the Dask cluster at tls://HOST:PORT examine the targets, as many as there are.",
)
@click.option("--open-cluster", is_flag=True, help="Take tcp://HOST:PORT, a cluster that whoever reaches it can use.")
@running("Examine")
@click.help_option("-h", "--help")
def command(
    list_: str | None,
    output: str,
    format_: str,
    memory: int | None,
    timeout: float,
    disk: int,
    keep_downloads: bool,
    all_functions: bool,
    no_trace: bool,
    no_audit: bool,
    retry_failed: bool,
    releases: int | None,
    dry_run: bool,
    cluster: str | None,
    open_cluster: bool,
    workers: int | None,
    no_cache: bool,
    no_progress: bool,
) -> int:
    """Scan, trace and audit many targets, and keep the answers in a folder: a file a target, and tables of all.

    LIST is a file with a target a line, or - for standard input: NAME==VERSION, pypi:NAME for the newest release,
    NAME>=1,<2 or NAME==* for many, a folder or archive, a git URL. Without it only the tables are made anew.
    A survey that was interrupted or killed goes on when the same command is given again. Nothing of a target is run.
    """
    options = Options(
        output=output,
        format=format_,
        workers=workers,
        memory=memory,
        timeout=timeout,
        disk=disk,
        keep_downloads=keep_downloads,
        all_functions=all_functions,
        trace=not no_trace,
        audit=not no_audit,
        retry_failed=retry_failed,
        releases=releases,
        dry_run=dry_run,
        cluster=cluster,
        open_cluster=open_cluster,
        cache=not no_cache,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    return _tables_alone(options) if list_ is None else _survey(list_, options)


def _survey(list_: str, options: Options) -> int:
    from gnomon.cli import surveying
    from gnomon.io import survey_store, survey_tables

    survey_tables.duckdb()  # better missed before the work than after it
    began = monotonic()
    targets = _targets(list_, options)
    with survey_store.opened(Path(options.output), "read" if options.dry_run else "write") as store:
        todo = surveying.work(store, targets.wanted, retry_failed=options.retry_failed)
        if options.dry_run:
            return _tell_plan(todo, targets)
        instructions = _instructions(options, targets.folder, alone=len(todo.left) == 1)
        survey_store.begin(store.folder, surveying.survey_of(instructions, targets.wanted))
        pace = surveying.pace_of(todo.left)
        try:
            crew = _crew(options, instructions, [each.target for each in todo.left])
            with terminable(), progress(lambda: pace.words(monotonic()), _shown(options)), crew as workers:
                surveying.examine_all(store, workers, instructions, todo.left, pace)
        except KeyboardInterrupt:
            return _tell_interrupted(todo.before + pace.done, len(targets.wanted))
        return _finished(
            store, options, list_, _Run(todo.before, pace.done, monotonic() - began, targets.wrong, targets.again)
        )


class _Run(Struct, frozen=True):
    """What this run had part in."""

    before: int
    now: int
    elapsed_s: float
    wrong: tuple[Remark, ...] = ()
    again: tuple[Remark, ...] = ()


def _tables_alone(options: Options) -> int:
    from gnomon.io import survey_store

    folder, began = Path(options.output), monotonic()
    if survey_store.survey_of(folder) is None:
        raise GnomonError(f"there is no survey in {folder}.", remedy=f"gnomon survey LIST -o {folder}")
    with survey_store.opened(folder) as store:
        return _finished(store, options, "", _Run(len(store.answered()), 0, monotonic() - began))


def _finished(store: "SurveyStore", options: Options, list_: str, run: _Run) -> int:
    """Makes what tells the whole, and the summary."""
    from gnomon.cli import surveying
    from gnomon.cli.ecosystem import ecosystem_of
    from gnomon.io import survey_store

    with progress("making the tables", _shown(options)):
        tally = surveying.tables_of(store)
    with progress("comparing the releases with one another", _shown(options)):
        ecosystem_of(store.folder)
    survey = survey_store.survey_of(store.folder)
    assert survey is not None  # noqa: S101 (it was begun)
    outcome = SurveyOutcome(
        tally=tally,
        tools=survey.tools,
        folder=options.output,
        list=list_,
        now=run.now,
        before=run.before,
        elapsed_s=run.elapsed_s,
        tables=surveying.tables_in(store.folder),
        remarks=(*run.wrong, *run.again),
        style=console.style_of(sys.stdout),
    )
    publish(writer(options.format)(outcome), None, options.format)
    if run.wrong or not tally.is_whole:
        return _INCOMPLETE
    return _FOUND if tally.finds else _CLEAN


def _targets(list_: str, options: Options) -> "Targets":
    """What the list comes to. Raises NothingToScan."""
    from gnomon.io.releases import releases
    from gnomon.io.target_list import read_targets

    with progress("asking which releases there are", _shown(options)):
        targets = read_targets(list_, partial(releases, patience_s=_PATIENCE_S, recent=True), options.releases)
    for remark in targets.wrong:
        console.print_problem(f"gnomon: {visible(f'{remark.path}:{remark.line}: {remark.note}')}\n")
    if not targets.wanted:
        raise NothingToScan(f"there is no target in {list_}.", remedy="write one a line, such as vllm==0.6.6")
    return targets


def _instructions(options: Options, folder: str, *, alone: bool) -> Instructions:
    from gnomon.cli.examining import tools
    from gnomon.io.workers import processors

    return Instructions(
        tools=tools(),
        trace=options.trace,
        audit=options.audit,
        all_functions=options.all_functions,
        folder=folder,
        cache=options.cache,
        keep_downloads=options.keep_downloads,
        spare_bytes=options.disk,
        workers=(options.workers or processors()) if alone else 1,
    )


def _crew(options: Options, instructions: Instructions, targets: Sequence[str]) -> "AbstractContextManager[Crew]":
    from gnomon.cli.crews import crew_at, crew_here
    from gnomon.io.workers import processors

    if options.cluster is not None and targets:
        return crew_at(
            options.cluster,
            instructions,
            targets,
            memory_bytes=options.memory or 0,
            patience_s=options.timeout,
            open_to_all=options.open_cluster,
        )
    workers = options.workers or processors()
    memory = options.memory or memory_for_each(workers)
    return crew_here(workers, memory_bytes=memory, patience_s=options.timeout)


def _tell_plan(todo: "Work", targets: "Targets") -> int:
    left = {each.target for each in todo.left}
    for each in targets.wanted:
        size = f"  {megabytes(each.bytes)}" if each.bytes else ""
        console.print_text(f"{'to do' if each.target in left else 'done '}  {visible(each.target)}{size}\n")
    for remark in targets.again:
        console.print_text(f"{visible(f'{remark.path}:{remark.line}: {remark.note}')}\n")
    console.print_text(f"{counted(len(targets.wanted), 'target')}, {len(left):,} to do\n")
    return _INCOMPLETE if targets.wrong else _CLEAN


def _tell_interrupted(done: int, of: int) -> int:
    command_line = " ".join(map(quote, ["gnomon", *sys.argv[1:]]))
    console.print_problem(
        f"gnomon: interrupted: {done:,} of {counted(of, 'target')} are done and kept; no table was made.\n"
        f"try: {visible(command_line)}\n"
    )
    return _INTERRUPTED


def _shown(options: Options) -> TextIO | None:
    return sys.stderr if options.progress else None
