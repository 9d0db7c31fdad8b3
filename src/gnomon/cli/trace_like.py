"""`gnomon trace like`: what the function at a line is a copy of, by the signatures and the index."""

import sys
from pathlib import Path
from time import perf_counter

import click

from gnomon.cli import console
from gnomon.core.errors import GnomonError
from gnomon.render.page import Page, Words, counted

_FOUND, _NOTHING = 1, 0
_LISTED = 10


@click.command(name="like", short_help="Tell what the function at a line is like.")
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
    from gnomon.cli.tracing import loaded_signatures
    from gnomon.io.targets import read
    from gnomon.io.trace_index import trace_index
    from gnomon.knowledge.load import load
    from gnomon.python.text import searchable
    from gnomon.trace.copies import LEAST_SHARED, Place
    from gnomon.trace.learning import at_line
    from gnomon.trace.pack import Pack
    from gnomon.trace.reading import units_of
    from gnomon.trace.sinks import sink_tokens

    (file, *_) = read(path).files
    units, problem = units_of(path, searchable(file.data), sink_tokens(load().models))
    unit = at_line(Place(path, units), int(line))
    if unit is None:
        raise GnomonError(
            f"{path} has no function at line {line}{f' ({problem})' if problem else ''}.",
            remedy=f"{path}:LINE, with a line inside of a function",
        )
    pack = Pack(loaded_signatures(signatures))
    began = perf_counter()
    known = sorted(pack.like(unit, LEAST_SHARED), key=lambda each: -each.similarity)
    pack_ms = (perf_counter() - began) * 1000
    began = perf_counter()
    with trace_index(Path(index) if index else None) as opened:
        alike = opened.like(unit.shingles, LEAST_SHARED, _LISTED)
        size = opened.size()
    index_ms = (perf_counter() - began) * 1000

    page = Page(console.style_of(sys.stdout))
    page.line(Words(f"{path}:{unit.line}", "place"), Words(f" {unit.qualname}", "strong"), Words(" is like"))
    for each in known[:_LISTED]:
        origin = each.signature.origin
        page.line(
            Words(f"{each.similarity:4.0%} ", "strong"),
            Words(f"signature {each.signature.id}: {each.definition.qualname} of {origin.project} {origin.release}"),
            first=Words("  "),
        )
    for found in alike:
        first = found.places[0] if found.places else None
        if first is not None:
            more = f" and {counted(len(found.places) - 1, 'more place')}" if len(found.places) > 1 else ""
            page.line(
                Words(f"{max(found.in_unit, found.in_function):4.0%} ", "strong"),
                Words(f"{first.origin.project} {first.origin.label} {first.path}:{first.line} {first.qualname}{more}"),
                first=Words("  "),
            )
    if not known and not alike:
        page.line(Words("nothing known"), first=Words("  "))
    page.line(
        Words(
            f"{counted(len(pack.signatures), 'signature')} asked in {pack_ms:.1f} ms, "
            f"{counted(size.functions, 'indexed function')} in {index_ms:.1f} ms",
            "dim",
        )
    )
    console.print_text(page.text())
    return _FOUND if known or alike else _NOTHING
