"""What the rules mean that have findings: the text of `gnomon explain`."""

from collections import Counter
from collections.abc import Iterable, Iterator

from gnomon.core.rule import RealCase, Rule
from gnomon.render import rule_page
from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Element, el, link
from gnomon.render.html.found import found
from gnomon.render.html.words import prose, said
from gnomon.render.page import counted


def section(contents: Contents) -> Section | None:
    """None if no rule has a finding, be it a suppressed one."""
    counts = Counter(each.finding.rule for each in found(contents))
    explained = contents.explained
    rules = sorted(
        (rule for rule in contents.rules if rule.id in explained), key=lambda rule: (-counts[rule.id], rule.id)
    )
    if not rules:
        return None
    body = el("div", None, *(_rule(rule, counts[rule.id]) for rule in rules))
    return Section(id="rules", title="What the rules mean", count=str(len(rules)), body=body)


def _rule(rule: Rule, count: int) -> Element:
    id_ = f"rule-{rule.id}"
    first, *others = rule_page.sections(rule)
    facts = (rule.id, counted(count, "finding"), *rule.cwe)
    return el(
        "article",
        {"id": id_, "class": "rule", "aria-labelledby": f"{id_}-t"},
        el("p", {"class": "facts"}, *(el("span", None, fact) for fact in facts)),
        el("h3", {"id": f"{id_}-t"}, *said(rule.title)),
        *_part(first),
        el("details", None, el("summary", None, "Why it happens, what to do, what it can't see"), *_parts(others)),
    )


def _parts(parts: Iterable[rule_page.Section]) -> Iterator[Element]:
    for part in parts:
        yield from _part(part)


def _part(part: rule_page.Section) -> Iterator[Element]:
    yield el("h4", None, part.title)
    if part.text:
        yield from prose(part.text)
    if part.cases:
        yield el("ul", None, *map(_case, part.cases))


def _case(case: RealCase) -> Element:
    return el("li", None, link(case.link, case.title), f" ({case.advisory})" if case.advisory else "")
