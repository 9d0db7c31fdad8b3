"""A file's text -> its units, all of them or those that are asked for, and what of it could not be read."""

import ast
from collections.abc import Sequence

from gnomon.python.outline import outlined
from gnomon.python.parse import TOO_DEEP, Unparsable, parse
from gnomon.trace.normal import DefinitionNode
from gnomon.trace.units import Unit, units
from gnomon.trace.worth import Worth

MAX_BYTES = 1_000_000
"""Of a file; a syntax tree and the tokens made of it take some hundred times the memory of its text."""
MAX_LINES = 50_000
"""As MAX_BYTES, for files of very short lines."""


def units_of(path: str, data: bytes, sinks: frozenset[str], worth: Worth | None = None) -> tuple[tuple[Unit, ...], str]:
    """One file's units, and why it, or a part of it, could not be read ("" if all was). `data` is searchable text.

    With `worth` only those are made, and parsed, that can be copies or load.
    """
    lines = data.count(b"\n")
    if len(data) > MAX_BYTES or lines > MAX_LINES:
        return (), f"too large to compare: {len(data):,} bytes, {lines:,} lines"
    try:
        tree, wanted, problem = _read(path, data, worth)
        return tuple(units(tree, path, sinks, wanted)), problem
    except Unparsable as error:
        return (), str(error)
    except RecursionError:
        return (), f"{TOO_DEEP} to compare"


def _read(path: str, data: bytes, worth: Worth | None) -> tuple[ast.Module, Sequence[DefinitionNode] | None, str]:
    """The syntax tree, what is wanted of it (None: all), and what is not in it. Raises Unparsable, RecursionError."""
    notes: list[str] = []
    outline = outlined(data, notes.append) if worth is not None else None
    if outline is not None:
        tree = outline.tree
    else:
        parsed = parse(data.decode())
        tree, notes = parsed.tree, [parsed.shortfall] if parsed.masked else []
    wanted = worth.wanted(tree, path, data) if worth is not None else None
    if outline is not None:
        for node in wanted or ():
            outline.complete(node)
    return tree, wanted, "; ".join(dict.fromkeys(notes))
