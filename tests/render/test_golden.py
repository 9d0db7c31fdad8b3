"""What each writer makes of the one fixed report, byte for byte."""

import pytest

from gnomon.render import explanation, json, sarif, text
from gnomon.render.page import Style
from tests.render.sample import CLEAN, REPORT, RULES

STYLES = {
    "report.txt": Style(),
    "report-80.txt": Style(width=80),
    "report-120-color.txt": Style(width=120, color=True),
    "report-80-ascii.txt": Style(width=80, ascii=True),
}


@pytest.mark.parametrize("name", STYLES)
def test_text_is_as_reviewed(matches_golden, name):
    """The report in a pipe, on a narrow terminal, on a wide one with colour, and without line-drawing characters."""
    page = text.render(REPORT, STYLES[name], elapsed_s=0.62, show_hidden="add `--all`")

    assert matches_golden(name, page.encode())


def test_a_clean_report_is_as_reviewed(matches_golden):
    """Nothing found, nothing skipped."""
    page = text.render(CLEAN, Style(), elapsed_s=0.04)

    assert matches_golden("clean.txt", page.encode())


def test_json_is_as_reviewed(matches_golden):
    """The contract of schema 1."""
    assert matches_golden("report.json", json.render([REPORT]))


def test_sarif_is_as_reviewed(matches_golden):
    """One run with all findings."""
    assert matches_golden("report.sarif", sarif.render([REPORT], RULES))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_page_is_as_reviewed(matches_golden, rule):
    """Prose wrapped, code kept."""
    assert matches_golden(f"rule-{rule.id}.txt", explanation.render(rule, Style(width=80)).encode())
