"""The one survey that golden files are made from: answers of every kind, and text that must be escaped."""

from msgspec.structs import replace

from gnomon.core.errors import TargetError
from gnomon.core.finding import Remark
from gnomon.core.survey import Surveyed, Tools
from gnomon.render.page import Style
from gnomon.render.survey_json import document
from gnomon.render.survey_outcome import SurveyOutcome
from gnomon.render.survey_rows import parsed
from gnomon.render.survey_tally import Counting
from tests.render import audit_sample, sample, trace_sample
from tests.render.audit_sample import HOSTILE

TOOLS = Tools(gnomon="1.2.3", knowledge="sha256:0123456789ab", signatures="sha256:ba9876543210", python="3.11")
TRACED = trace_sample.SGLANG
AUDITED = audit_sample.outcome().audited


def surveyed(target: str, **more: object) -> Surveyed:
    """A target's answer, without its document."""
    said = {
        "project": "acme",
        "label": "1.0",
        "date": "2026-01-28",
        "basis": "upload to the index",
        "digest": "sha256:1",
    }
    numbers = {"files": 12, "functions": 3, "lines": 4_567, "bytes": 98_765, "status": "examined", "digest": "sha256:1"}
    return Surveyed(**{"target": target, "name": target, **said, **numbers, **more})


def failed(target: str, error: TargetError, *, passing: bool = False) -> Surveyed:
    """A target that could not be read."""
    return Surveyed(
        target=target, name=target, status="failed", problem=error.problem, remedy=error.remedy, passing=passing
    )


def documents() -> list[bytes]:
    """One of each kind."""
    clean = replace(sample.REPORT, findings=(), suppressed=(), skipped=())
    return [
        document(surveyed("pypi:acme==1.0", status="incomplete"), TOOLS, sample.REPORT, TRACED, AUDITED),
        document(surveyed("pypi:acme==1.1", label="1.1"), TOOLS, clean, None, None),
        document(surveyed(f"./{HOSTILE}", project=HOSTILE), TOOLS, sample.REPORT, None, None),
        document(surveyed("pypi:empty==1", files=0, project="empty"), TOOLS, clean, None, None),
        document(
            failed("pypi:nosuch==1", TargetError("no index has nosuch.", remedy="check it")), TOOLS, None, None, None
        ),
        document(failed(HOSTILE, TargetError(HOSTILE), passing=True), TOOLS, None, None, None),
    ]


def outcome(style: Style = Style()) -> SurveyOutcome:  # noqa: B008 (frozen)
    """What a run over them has to tell."""
    counting = Counting()
    for each in documents():
        counting.add(parsed(each))
    return SurveyOutcome(
        tally=counting.tally(),
        tools=TOOLS,
        folder="out",
        list="list.txt",
        now=4,
        before=2,
        elapsed_s=75.3,
        tables=("targets.parquet", "findings.parquet"),
        remarks=(Remark(path="list.txt", line=3, note=f"{HOSTILE!r} is no target"),),
        style=style,
    )
