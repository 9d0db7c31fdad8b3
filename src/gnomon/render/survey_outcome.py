"""What a writer of `gnomon survey` is given: the survey in numbers, and what this run had part in."""

from msgspec import Struct

from gnomon.core.finding import Remark
from gnomon.core.survey import Tools
from gnomon.render.page import Style
from gnomon.render.survey_tally import Tally


class SurveyOutcome(Struct, frozen=True, kw_only=True):
    """Everything that one run has to tell."""

    tally: Tally
    tools: Tools
    folder: str
    """Where it lies, as the user named it."""
    list: str
    """The list of targets, as the user named it; "" if only tables were made."""
    now: int
    """Targets that this run has examined."""
    before: int
    """Targets of the list that an earlier run had."""
    elapsed_s: float
    tables: tuple[str, ...]
    """Files in the folder."""
    remarks: tuple[Remark, ...]
    """On the list."""
    style: Style = Style()
