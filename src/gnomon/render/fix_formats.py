"""The output formats of `gnomon fix` by name, each with the one module that writes it."""

from collections.abc import Callable

from gnomon.render.fix_outcome import FixOutcome
from gnomon.render.outcome import Document

# To add one: its row here, its case below, a golden file. Nothing is imported before it is asked for.
FORMATS = {
    "text": "For people; colour and line wrapping on a terminal only.",
    "json": "For programs; its fields are listed below.",
    "diff": "The change that --write makes, for `git apply`.",
}


def writer(name: str) -> Callable[[FixOutcome], Document]:
    """What writes the format of that name, one of FORMATS."""
    match name:
        case "text":
            from gnomon.render.fix_text import write
        case "json":
            from gnomon.render.fix_json import write
        case "diff":
            from gnomon.render.fix_diff import write
        case _:
            raise KeyError(name)
    return write
