"""`gnomon trace like`: what the function at a line is a copy of, by the signatures and the index."""

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from gnomon.cli import console
from gnomon.core.errors import GnomonError
from gnomon.render.page import Page, Words, counted

if TYPE_CHECKING:
    from gnomon.io.trace_index import Alike
    from gnomon.trace.units import Unit

_FOUND, _NOTHING = 1, 0
_LISTED = 10
_EPILOG = """\b
Exit code:
  0  nothing known is like it
  1  something is
  2  wrong usage, or no function at that line
"""


@click.command(name="like", epilog=_EPILOG, short_help="Tell what the function at a line is like.")
@click.argument("place", metavar="PATH:LINE")
@click.option(
    "--index", metavar="FILE", type=click.Path(dir_okay=False), help="The index.  [default: in the user's cache]"
)
@click.option("--signatures", metavar="FOLDER", multiple=True, type=click.Path(), help="As for `gnomon trace`.")
@click.help_option("-h", "--help")
def command(place: str, index: str | None, signatures: tuple[str, ...]) -> int:
    """Tell which known-flawed code, and which indexed functions, the function at PATH:LINE shares code with."""
    path, _, line = place.rpartition(":")
    if not path or not line.isdecimal():
        raise GnomonError(f"{place!r} names no line of a file.", remedy="gnomon trace like server.py:41")
    unit = _unit(path, int(line))
    rows, asked = _by_signatures(unit, signatures)
    more, indexed = _by_index(unit, Path(index) if index else None)
    page = Page(console.style_of(sys.stdout))
    page.line(Words(f"{path}:{unit.line}", "place"), Words(f" {unit.qualname}", "strong"), Words(" is like"))
    for row in (*rows, *more):
        page.line(Words(f"{row.similarity:4.0%} ", "strong"), Words(row.words), first=Words("  "))
    if not rows and not more:
        page.line(Words("nothing known"), first=Words("  "))
    page.line(Words(f"{asked}, {indexed}", "dim"))
    console.print_text(page.text())
    return _FOUND if rows or more else _NOTHING


class _Row(Struct, frozen=True):
    similarity: float
    words: str


def _unit(path: str, line: int) -> "Unit":
    from gnomon.io.targets import read
    from gnomon.knowledge.load import load
    from gnomon.python.text import searchable
    from gnomon.trace.copies import Place
    from gnomon.trace.learning import at_line
    from gnomon.trace.reading import units_of
    from gnomon.trace.sinks import sink_tokens

    (file, *_) = read(path).files
    units, problem = units_of(path, searchable(file.data), sink_tokens(load().models))
    unit = at_line(Place(path, units), line)
    if unit is None:
        raise GnomonError(
            f"{path} has no function at line {line}{f' ({problem})' if problem else ''}.",
            remedy=f"gnomon trace like {path}:LINE, with a line inside of a function",
        )
    return unit


def _by_signatures(unit: "Unit", folders: tuple[str, ...]) -> tuple[list[_Row], str]:
    """What signatures it is like, and how long the question took."""
    from gnomon.cli.tracing import signature_files
    from gnomon.trace.copies import LEAST_SHARED
    from gnomon.trace.pack import Pack

    pack = Pack(signature_files(folders).signatures())
    began = perf_counter()
    known = sorted(pack.like(unit, LEAST_SHARED), key=lambda each: -each.similarity)[:_LISTED]
    took_ms = (perf_counter() - began) * 1000
    rows = [
        _Row(
            each.similarity,
            f"signature {each.signature.id}: {each.definition.qualname} of {each.signature.origin.name}",
        )
        for each in known
    ]
    return rows, f"{counted(len(pack.signatures), 'signature')} asked in {took_ms:.1f} ms"


def _by_index(unit: "Unit", path: Path | None) -> tuple[list[_Row], str]:
    """What indexed functions it is like, and how long the question took."""
    from gnomon.io.trace_index import trace_index
    from gnomon.trace.copies import LEAST_SHARED

    with trace_index(path) as opened:
        began = perf_counter()
        alike = opened.like(unit.shingles, LEAST_SHARED, _LISTED)
        took_ms = (perf_counter() - began) * 1000
        size = opened.size()
    rows = [_Row(max(each.in_unit, each.in_function), _placed(each)) for each in alike if each.places]
    return rows, f"{counted(size.functions, 'indexed function')} in {took_ms:.1f} ms"


def _placed(found: "Alike") -> str:
    first, *others = found.places
    more = f" and {counted(len(others), 'more place')}" if others else ""
    label = f"{first.origin.project} {first.origin.label}".rstrip()
    return f"{label} {first.path}:{first.line} {first.qualname}{more}"
