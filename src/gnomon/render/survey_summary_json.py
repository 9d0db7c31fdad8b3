"""What `gnomon survey` found as JSON: schema 1, the whole in numbers. Each target has a document of its own."""

from msgspec import Struct
from msgspec.structs import asdict

from gnomon.render.document import encoded
from gnomon.render.outcome import Document
from gnomon.render.survey_json import JsonSurveyTool, tool_of
from gnomon.render.survey_outcome import SurveyOutcome


class JsonFailure(Struct, frozen=True, kw_only=True):
    """A target that could not be read."""

    target: str
    problem: str
    remedy: str | None
    passing: bool
    """True if it may be there later: `--retry-failed`."""


class JsonFlawed(Struct, frozen=True, kw_only=True):
    """A project with findings that are more than notes, and the worst of them."""

    project: str
    severity: str
    reach: str
    target: str
    path: str
    line: int
    message: str
    flawed: int
    """Its targets with such a finding."""
    examined: int


class JsonListRemark(Struct, frozen=True, kw_only=True):
    """A line of the list that was not taken as it is."""

    path: str
    line: int
    note: str


class JsonSurveySummary(Struct, frozen=True, kw_only=True):
    """The survey in numbers."""

    targets: int
    status: dict[str, int]
    """`examined`, `incomplete` and `failed`."""
    empty: int
    """Examined, with no Python in them."""
    severity: dict[str, int]
    """Findings, the worst severity first."""
    unsafe_copies: int
    affected: int
    """Targets that an advisory is about, as their files tell."""
    files: int
    lines: int
    bytes: int
    skipped: int
    complete: bool
    """False if a target failed, or was not looked at as a whole."""


class JsonSurvey(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonSurveyTool
    folder: str
    summary: JsonSurveySummary
    projects: tuple[JsonFlawed, ...]
    """The worst first."""
    failures: tuple[JsonFailure, ...]
    remarks: tuple[JsonListRemark, ...]
    tables: tuple[str, ...]
    """Files in the folder."""


def write(outcome: SurveyOutcome) -> Document:
    """The same bytes for the same survey, however often it was interrupted."""
    return Document(data=encoded(survey_of(outcome)))


def survey_of(outcome: SurveyOutcome) -> JsonSurvey:
    """The document as it is written."""
    tally = outcome.tally
    numbers = asdict(tally)
    flawed, failures = numbers.pop("flawed"), numbers.pop("failures")
    return JsonSurvey(
        schema=1,
        tool=tool_of(outcome.tools),
        folder=outcome.folder,
        summary=JsonSurveySummary(**numbers, complete=tally.is_whole),
        projects=tuple(JsonFlawed(**asdict(each)) for each in flawed),
        failures=tuple(
            JsonFailure(target=each.target, problem=each.problem, remedy=each.remedy or None, passing=each.passing)
            for each in failures
        ),
        remarks=tuple(JsonListRemark(path=each.path, line=each.line, note=each.note) for each in outcome.remarks),
        tables=outcome.tables,
    )
