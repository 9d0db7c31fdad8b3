"""What each writer makes of the one fixed report, byte for byte."""

import re

import pytest

from gnomon.render import explanation, text
from gnomon.render.formats import FORMATS, writer
from gnomon.render.page import Style
from tests.render.sample import CLEAN, REPORT, RULES, outcome

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


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"text"}))
def test_each_format_is_as_reviewed(matches_golden, name):
    """The whole sample in every format, for programs and services too."""
    assert matches_golden(f"report.{name}", _without_assets(writer(name)(outcome(REPORT)).data))


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"text", "json", "sarif"}))
def test_several_targets_are_as_reviewed(matches_golden, name):
    """Two targets in one document, one of them a folder within the working folder, with nothing in it."""
    assert matches_golden(f"several.{name}", _without_assets(writer(name)(outcome(REPORT, CLEAN)).data))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_page_is_as_reviewed(matches_golden, rule):
    """Prose wrapped, code kept."""
    assert matches_golden(f"rule-{rule.id}.txt", explanation.render(rule, Style(width=80)).encode())


def _without_assets(document: bytes) -> bytes:
    """A page without its style, its script and their hashes: those are files of their own, and reviewed there."""
    return re.sub(rb"(?s)(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?=</script>)|(?<='sha256-)[^']+", b"", document)
