"""A rule's page, and the list of all rules, as text for people."""

import re
from collections.abc import Sequence

from gnomon.core.rule import RealCase, Rule
from gnomon.render.page import Page, Style, Words
from gnomon.render.rule_page import Section, sections, severity, state

_NUMBERED = re.compile(r"(?:\d+\.|[-*]) ")


def render(rule: Rule, style: Style) -> str:
    """Everything that is known about the rule."""
    page = Page(style)
    page.line(Words(rule.id, "high"), Words(": "), Words(rule.title, "strong"))
    page.line(Words(f"{state(rule)} • severity {severity(rule)} • {', '.join(rule.cwe)}", "dim"))
    for section in sections(rule):
        write_section(page, section)
    return page.text()


def render_list(rules: Sequence[Rule], style: Style) -> str:
    """One line a rule, those that are on by default first."""
    page = Page(style)
    widest = max((len(rule.id) for rule in rules), default=0)
    for rule in sorted(rules, key=lambda rule: (not rule.default, rule.id)):
        page.line(
            Words(rule.title),
            Words("" if rule.default else " (off by default)", "dim"),
            first=Words(f"{rule.id:{widest}}  ", "strong"),
        )
    page.blank()
    page.line(Words("More about one of them: `gnomon explain RULE`.", "dim"))
    return page.text()


def write_section(page: Page, section: Section) -> None:
    """The section under its title."""
    page.blank()
    page.line(Words(section.title, "strong"))
    for case in section.cases:
        _write_case(page, case)
    for number, paragraph in enumerate(section.text.split("\n\n") if section.text else ()):
        if number:
            page.blank()
        for line in paragraph.splitlines():
            _write_line(page, line)


def _write_line(page: Page, line: str) -> None:
    """Prose is wrapped, an item of a list under its own first word, and indented lines (code) are kept as they are."""
    if line.startswith("    "):
        page.verbatim(Words(f"  {line}"))
        return
    item = _NUMBERED.match(line)
    mark = item[0] if item else ""
    page.line(Words(line.removeprefix(mark)), first=Words(f"  {mark}"))


def _write_case(page: Page, case: RealCase) -> None:
    advisory = f" ({case.advisory})" if case.advisory else ""
    page.line(Words(f"{case.title}{advisory}"), first=Words("  - "))
    page.verbatim(Words(f"    {case.link}", "place"))
