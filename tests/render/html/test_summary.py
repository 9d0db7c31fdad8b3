"""The first sentence says how bad it is, from what is evidenced."""

import pytest
from msgspec.structs import replace

from gnomon.core.finding import Report
from gnomon.core.severity import Severity
from gnomon.render.html.sections.summary import section
from tests.render.html.contents_sample import contents
from tests.render.sample import CLEAN, CRITICAL, HIGH, HOSTILE, MEDIUM, NOTE, REPORT

_ASKS_OUT = replace(
    HIGH, severity=Severity.CRITICAL, endpoint=replace(HIGH.endpoint, reach="configurable", peer_chosen_by_request=True)
)
_SET = replace(HIGH, endpoint=replace(HIGH.endpoint, reach="configurable"))
_PROVEN = replace(CRITICAL, severity=Severity.NOTE, endpoint=replace(CRITICAL.endpoint, effective=True))


def _of(*findings: object, skipped: tuple[object, ...] = ()) -> Report:
    return replace(CLEAN, findings=findings, skipped=skipped)


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (_of(), "Nothing was found."),
        (_of(skipped=REPORT.skipped), "Nothing was found, but not everything could be looked at."),
        (_of(NOTE), "Nothing worse than a note was found: 1 note."),
        (_of(_PROVEN), "Nothing worse than a note was found: 1 note."),
        (_of(CRITICAL), "The one finding can be reached from any host, without effective authentication."),
        (
            _of(CRITICAL, MEDIUM, NOTE),
            "1 of 2 findings can be reached from any host, without effective authentication.",
        ),
        (_of(_ASKS_OUT, MEDIUM), "1 of 2 findings can be reached from any host, without effective authentication."),
        (_of(_SET, HIGH, MEDIUM), "1 of 3 findings can be reached from wherever a setting allows it."),
        (_of(HIGH, HIGH), "All 2 findings: who can reach it is not known."),
        (_of(MEDIUM, HOSTILE), "2 findings, that only this host can reach."),
    ],
)
def test_it_says_the_worst_and_no_more(report, sentence):
    """What any host reaches unauthenticated, else what a setting opens, else what is unknown, else this host."""
    assert section(contents(report)).heading == sentence
