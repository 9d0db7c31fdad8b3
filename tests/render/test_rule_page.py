"""A rule's page has the same sentences wherever it is shown, in one order."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from msgspec.structs import replace

from gnomon.core.advisory import Advisory
from gnomon.core.incomplete import COMPLETION, MEANING
from gnomon.core.rule import Rule
from gnomon.knowledge import advisories
from gnomon.knowledge.load import load
from gnomon.render import explanation, rule_page, sarif
from gnomon.render.html import scan as html_page
from gnomon.render.page import Style
from tests.render.sample import CRITICAL, REPORT, outcome

ROOT = Path(__file__).resolve().parents[2]
RULES = load().rules
CASES = [case for rule in RULES for case in rule.cases]


def _help(rule: Rule) -> dict[str, Any]:
    log = json.loads(sarif.write(replace(outcome(REPORT), rules=(rule,))).data)
    [found] = log["runs"][0]["tool"]["driver"]["rules"]
    return dict(found["help"])


def _read(markdown: str) -> str:
    """The text of Markdown, with where its links lead, as GitHub shows it."""
    return _shown(cmarkgfm.github_flavored_markdown_to_html(markdown))


def _shown(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', r"\2 \1", html)))


def _html_page(rule: Rule) -> str:
    """The text of the HTML report, with where its links lead, if it has a finding of that rule."""
    found = replace(REPORT, findings=(replace(CRITICAL, rule=rule.id),), suppressed=())
    page = html_page.write(replace(outcome(found), rules=(rule,))).data.decode()
    return _shown(page)


PLACES: dict[str, Callable[[Rule], str]] = {
    "gnomon explain": lambda rule: explanation.render(rule, Style()),
    "the documentation": lambda rule: _read((ROOT / "docs" / "rules" / f"{rule.id}.md").read_text(encoding="utf-8")),
    "SARIF's help.text": lambda rule: str(_help(rule)["text"]),
    "SARIF's help.markdown": lambda rule: _read(_help(rule)["markdown"]),
    "the HTML page": _html_page,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_place_has_the_same_sentences(rule, place):
    """Titles, sentences and links of all sections stand there in order: nothing left out, nothing said otherwise."""
    shown = _words(PLACES[place](rule))
    position = 0

    for said in _said(rule):
        found = shown.find(said, position)
        assert found >= 0, f"{place} does not say, where it should: {said}"
        position = found + len(said)


def _said(rule: Rule) -> Iterator[str]:
    """Every title, line and link, without the marks of lists."""
    for section in rule_page.sections(rule):
        yield section.title
        yield from (_words(re.sub(r"^(?:\d+\.|-) ", "", line)) for line in section.text.splitlines())
        for case in section.cases:
            yield from (case.title, case.link)


def _words(text: str) -> str:
    """The text in one line, without what marks code."""
    return " ".join(text.replace("`", "").split())


def test_sections_come_in_the_order_in_which_they_are_read():
    """What it is, why, what happened, what to do, how it is found, what is not seen."""
    rule = next(rule for rule in RULES if rule.incomplete_fixes)

    assert [section.title for section in rule_page.sections(rule)] == [
        "What it is",
        "Why it happens",
        "Why it is dangerous",
        "Real cases",
        "How to fix it",
        "Fixes that are incomplete",
        "How it is detected",
        "What it can't see",
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_that_comes_along_has_all_sections(rule):
    """None lacks why it happens, or a case that happened."""
    assert rule.cause
    assert rule.cases


def test_prose_is_no_markup():
    """Addresses with an asterisk, names with underscores and brackets in prose are text; code stays code."""
    rule = replace(RULES[0], what="tcp://*:1 and tcp://*:2, __init__, <b>, [a](b), `f(*a, **b)`", cases=())
    html = cmarkgfm.github_flavored_markdown_to_html(rule_page.markdown(rule))

    assert "<p>tcp://*:1 and tcp://*:2, __init__, &lt;b&gt;, [a](b), <code>f(*a, **b)</code></p>" in html


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.advisory)
def test_a_case_links_to_the_flaw_that_it_names(case):
    """The link is an https address of one of the flaw's own ids, and the title begins with the name of what has it."""
    known = next((each for each in advisories.load().advisories if case.advisory in each.ids), None)
    ids = known.ids if known else {case.advisory}

    assert re.fullmatch(r"https://[\w.]+/[\w./-]+", case.link)
    assert case.link.rpartition("/")[2] in ids
    assert known is None or _project(case.title) & _names(known)


def _project(title: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", title.partition(":")[0].lower()))


def _names(advisory: Advisory) -> set[str]:
    """The words in its title's first part and in the names of its packages."""
    packages = {word for each in advisory.affected for word in re.findall(r"[a-z0-9]+", each.purl.partition("/")[2])}
    return packages | _project(advisory.title)


def test_kinds_of_incomplete_fixes_are_told_in_full():
    """Each kind has what it means and how it is completed, on the page and by itself."""
    told = rule_page.incomplete_fixes()

    assert [kind for kind in MEANING if f"- {kind}: {MEANING[kind]} {COMPLETION[kind]}" not in told] == []
