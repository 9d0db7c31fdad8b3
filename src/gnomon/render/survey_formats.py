"""The output formats of `gnomon survey` by name, each with the one module that writes it."""

from collections.abc import Callable

from gnomon.render.outcome import Document
from gnomon.render.survey_outcome import SurveyOutcome

# To add one: its row here, its case below, a golden file. Nothing is imported before it is asked for.
FORMATS = {
    "text": "For people; colour and line wrapping on a terminal only.",
    "json": "For programs; its fields are listed below.",
}


def writer(name: str) -> Callable[[SurveyOutcome], Document]:
    """What writes the format of that name, one of FORMATS."""
    match name:
        case "text":
            from gnomon.render.survey_text import write
        case "json":
            from gnomon.render.survey_summary_json import write
        case _:
            raise KeyError(name)
    return write
