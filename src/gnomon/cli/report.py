"""`gnomon report`: read the files of many runs, put them onto one page, and show it."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from gnomon import __version__
from gnomon.cli import console
from gnomon.cli.output import check_writable, save
from gnomon.core.errors import GnomonError
from gnomon.io.baselines import MAX_BYTES
from gnomon.io.files import Unreadable
from gnomon.io.reports import report_bytes
from gnomon.knowledge.load import load
from gnomon.render.escape import visible
from gnomon.render.html.gathering import From, gathered
from gnomon.render.html.page import page
from gnomon.render.html.reading import Problem, parts

FILE = "gnomon-report.html"
"""Where the page goes if nothing else is said."""
_COMPLETE, _INCOMPLETE = 0, 4
_MAKING = "gnomon scan . --format json -o scan.json, then gnomon report scan.json"
_EPILOG = """\b
Exit code:
  0  the page was made of all files
  2  wrong usage, or no file that can be read
  4  incomplete: a file, or a report in it, could not be read; the page says which
"""


@click.command(name="report", epilog=_EPILOG, short_help="Put the answers of many runs onto one page.")
@click.argument("files", metavar="FILE…", nargs=-1)
@click.option(
    "--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), default=FILE, show_default=True,
    help="Write the page to FILE.",
)  # fmt: skip
@click.option(
    "--open/--no-open",
    "opens",
    default=None,
    help="Show the page in the browser.  [default: on a terminal of a desktop]",
)
@click.help_option("-h", "--help")
def command(files: tuple[str, ...], output: str, opens: bool | None) -> int:
    """Put the answers of many runs onto one HTML page, which needs no network and no other file.

    FILE is what scan, trace, audit or probe write with --format json (one answer, or an array of them), or the events
    of guard (--events FILE); `-` is standard input. Each is known by what is in it. A survey's folder, given alone,
    has a page of its own, which is made anew in it.
    """
    if not files:
        raise GnomonError("nothing to report on was named.", remedy=_MAKING)
    if len(files) == 1 and Path(files[0]).is_dir():
        from gnomon.cli.ecosystem import PAGE, page_of  # here, since files can do without

        output = str(Path(files[0], PAGE)) if output == FILE else output
        check_writable(output)
        return _saved(page_of(Path(files[0])), output, opens=_shows_pages(os.environ) if opens is None else opens)
    check_writable(output)
    return _report(files, output, opens=_shows_pages(os.environ) if opens is None else opens)


def _report(files: Sequence[str], output: str, *, opens: bool) -> int:
    found = list(_read(files))
    problems = [one.part for one in found if isinstance(one.part, Problem)]
    if len(problems) == len(found):
        raise GnomonError(_sentence(problems[0]), remedy=problems[0].remedy or _MAKING)
    for problem in problems:
        console.print_problem(f"gnomon: {visible(_sentence(problem))}\n")
        if problem.remedy:
            console.print_problem(f"try: {visible(problem.remedy)}\n")
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    contents = gathered(found, load().rules, made, __version__)
    for remark in contents.remarks:
        console.print_problem(f"gnomon: {visible(f'{remark.path}: {remark.note}')}\n")
    saved = _saved(page(contents), output, opens=opens)
    return _INCOMPLETE if problems else saved


def _saved(document: bytes, output: str, *, opens: bool) -> int:
    save(document, output)
    console.print_text(f"{visible(output)}\n")
    if opens and not _shown(output):
        console.print_problem(f"gnomon: no browser could be started; open {visible(output)} in one\n")
    return _COMPLETE


def _read(files: Sequence[str]) -> Iterator[From]:
    """What is in the files, which together may have as much as one report."""
    left = MAX_BYTES
    for name in files:
        try:
            data = report_bytes(name, left)
        except Unreadable as error:
            yield From(name, Problem(where=name, what=f"can't be read: {error}"))
            continue
        left -= len(data)
        yield from (From(name, part) for part in parts(name, data))


def _sentence(problem: Problem) -> str:
    return f"{problem.where} {problem.what}."


def _shows_pages(environment: Mapping[str, str]) -> bool:
    """True if somebody sits at a terminal of a desktop: a browser of text would take over the terminal."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _shown(path: str) -> bool:
    import webbrowser  # here, since most runs show nothing

    return webbrowser.open(Path(path).resolve().as_uri())
