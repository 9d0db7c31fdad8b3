"""`gnomon trace index`: every function of the targets, remembered for `gnomon trace like`."""

import sys
from pathlib import Path
from time import perf_counter

import click

from gnomon.cli import console
from gnomon.cli.progress import progress
from gnomon.core.errors import GnomonError
from gnomon.render.escape import visible
from gnomon.render.page import counted

_INCOMPLETE = 4
_EPILOG = """\b
Exit code:
  0  every file is in the index
  2  wrong usage, or a target that can't be read
  4  incomplete: some files could not be read, and are named
"""


@click.command(name="index", epilog=_EPILOG, short_help="Remember every function of the targets.")
@click.argument("targets", metavar="TARGET…", nargs=-1)
@click.option(
    "--index", metavar="FILE", type=click.Path(dir_okay=False), help="The index.  [default: in the user's cache]"
)
@click.option("--workers", metavar="N", type=click.IntRange(min=1), help="Processes to share the work.")
@click.option("--no-progress", is_flag=True, help="No progress on the terminal.")
@click.help_option("-h", "--help")
def command(targets: tuple[str, ...], index: str | None, workers: int | None, no_progress: bool) -> int:
    """Remember every function of the targets by its hashes: `gnomon trace like PATH:LINE` asks for them.

    What was seen before costs nothing. The index holds hashes, names, paths and lines, no code.
    """
    if not targets:
        raise GnomonError("nothing to index was named.", remedy="gnomon trace index pypi:vllm==0.6.4")
    from gnomon.io.trace_index import trace_index  # here, since --help can do without

    shows = sys.stderr if not no_progress and console.shows_progress(sys.stderr) else None
    problems = 0
    for name in targets:
        with progress(f"indexing {name}", shows):
            began = perf_counter()
            told, unread = _indexed(name, Path(index) if index else None, workers)
        problems += unread
        console.print_text(f"{visible(told)} in {perf_counter() - began:.1f} s\n")
    with trace_index(Path(index) if index else None, read_only=True) as opened:
        size = opened.size()
    console.print_text(
        f"index: {counted(size.functions, 'function')} of {counted(size.files, 'file')} "
        f"in {counted(size.sources, 'release')}\n"
    )
    return _INCOMPLETE if problems else 0


def _indexed(name: str, index: Path | None, workers: int | None) -> tuple[str, int]:
    """What was added, in words, and how many files could not be read."""
    from gnomon.cli.units import units_of
    from gnomon.core.tree import SourceFile
    from gnomon.io.provenance import provenance
    from gnomon.io.targets import read
    from gnomon.io.trace_index import trace_index
    from gnomon.io.workers import processors, spread
    from gnomon.knowledge.load import load
    from gnomon.python.text import searchable

    tree = read(name)
    files = [SourceFile(path=file.path, data=searchable(file.data)) for file in tree.files]
    found = units_of(files, load(), spread(workers or processors()))
    with trace_index(index) as opened:
        new = opened.add(provenance(tree), {path: answer.units for path, answer in found.items()})
    unread = [f"{path}: {answer.problem}" for path, answer in found.items() if answer.problem]
    unread += [f"{each.path}: {each.reason}" for each in tree.skipped]
    for line in unread:
        console.print_problem(f"gnomon: not indexed: {visible(line)}\n")
    return f"{name}: {counted(len(files), 'file')}, {counted(new, 'new function')}", len(unread)
