"""All tools are measured by the same columns."""

import msgspec

from bench.accuracy import labels
from bench.accuracy.columns import Report, column, comparison, groups_of


def _first(**wanted) -> labels.Case:
    return next(case for case in labels.cases() if all(getattr(case, name) == value for name, value in wanted.items()))


def test_a_tool_is_credited_for_lines_and_charged_for_harmless_ones():
    """A report at a flawed call counts as found, one at a harmless call as noise, one elsewhere only as a report."""
    flawed, harmless = _first(verdict="vulnerable-network"), _first(verdict="not-network")
    reports = [
        Report(path=flawed.path, line=flawed.line + 1),
        Report(path=flawed.path, line=flawed.line + 100_000),
        Report(path=harmless.path, line=harmless.line),
    ]
    counted = column("tool", [([flawed], reports[:2]), ([harmless], reports[2:])])

    assert counted.found == (flawed.id, harmless.id)
    assert (counted.reports, counted.labelled_reports, counted.harmless_reports) == (3, 2, 1)


def test_a_note_is_no_noise():
    """Saying that an authenticated call is authenticated is found and labelled, but no alarm."""
    safe = _first(verdict="authenticated")
    counted = column("tool", [([safe], [Report(path=safe.path, line=safe.line, alarm=False)])])

    assert counted.found == (safe.id,)
    assert (counted.labelled_reports, counted.harmless_reports) == (1, 0)


def test_groups_split_recall_by_channel():
    """ZeroMQ and the other channels together are all calls a scanner should report; off-host is a part of them."""
    recall = [case for case in labels.cases() if case.counts_for_recall]
    groups = groups_of(recall)

    assert groups["ZeroMQ"] | groups["other network"] == {case.id for case in recall}
    assert not groups["ZeroMQ"] & groups["other network"]
    assert groups["off-host"] <= {case.id for case in recall}


def test_the_table_has_a_row_a_tool():
    """A tool that tells nothing about endpoints says so instead of showing a zero share."""
    silent = column("silent", [])
    telling = msgspec.structs.replace(column("telling", []), endpoint_right=1)
    rows = comparison(labels.cases(), [silent, telling]).splitlines()[2:]

    assert rows[0].endswith("| no |")
    assert rows[1].endswith("| 1/128 (1 %) |")
