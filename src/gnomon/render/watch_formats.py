"""The output formats of `gnomon watch` by name, each with the one module that writes it."""

from collections.abc import Callable

from gnomon.render.outcome import Document
from gnomon.render.watch_outcome import WatchOutcome

# To add one: its row here, its case below, a golden file. Nothing is imported before it is asked for.
FORMATS = {
    "text": "For people and mails; colour and line wrapping on a terminal only.",
    "json": "For programs; its fields are listed below.",
    "markdown": "For an issue, a chat or the summary of a workflow.",
}


def writer(name: str) -> Callable[[WatchOutcome], Document]:
    """What writes the format of that name, one of FORMATS."""
    match name:
        case "text":
            from gnomon.render.watch_text import write
        case "json":
            from gnomon.render.watch_json import write
        case "markdown":
            from gnomon.render.watch_markdown import write
        case _:
            raise KeyError(name)
    return write
