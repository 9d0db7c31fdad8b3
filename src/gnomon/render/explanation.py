"""A rule's page, and the list of all rules, as text for people."""

import re
from collections.abc import Sequence

from gnomon.core.incomplete import COMPLETION, MEANING
from gnomon.core.rule import Rule
from gnomon.render.page import Page, Style, Words

_NUMBERED = re.compile(r"(?:\d+\.|[-*]) ")


def render(rule: Rule, style: Style) -> str:
    """Everything that is known about the rule."""
    page = Page(style)
    page.line(Words(rule.id, "high"), Words(": "), Words(rule.title, "strong"))
    page.line(Words(f"{_state(rule)} • severity {_severity(rule)} • {', '.join(rule.cwe)}", "dim"))
    _write_section(page, "What", rule.what)
    _write_section(page, "Why it is dangerous", rule.why)
    _write_section(page, "What to do", f"{rule.remedy}\n\n{rule.fix}")
    if rule.incomplete_fixes:
        _write_section(page, "Fixes that are incomplete", incomplete_fixes())
    _write_section(page, "How it is found", rule.detection)
    _write_section(page, "What is not seen", rule.blind_spots)
    _write_cases(page, rule)
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


def incomplete_fixes() -> str:
    """What findings say of fixes that lack something, and how each is completed: an introduction and a list."""
    items = (f"- {kind}: {MEANING[kind]} {completion}" for kind, completion in COMPLETION.items())
    return "A finding says so where code looks like a fix and does not remove the flaw.\n\n" + "\n".join(items)


def _state(rule: Rule) -> str:
    return "on by default" if rule.default else f"off by default: `gnomon scan --all` or `--rule {rule.id}`"


def _severity(rule: Rule) -> str:
    return "by reach and authentication" if rule.severity == "computed" else rule.severity


def _write_section(page: Page, title: str, text: str) -> None:
    page.blank()
    page.line(Words(title, "strong"))
    for number, paragraph in enumerate(text.strip("\n").split("\n\n")):
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


def _write_cases(page: Page, rule: Rule) -> None:
    if not rule.cases:
        return
    page.blank()
    page.line(Words("Real cases", "strong"))
    for case in rule.cases:
        advisory = f" ({case.advisory})" if case.advisory else ""
        page.line(Words(f"{case.title}{advisory}"), first=Words("  - "))
        page.verbatim(Words(f"    {case.link}", "place"))
