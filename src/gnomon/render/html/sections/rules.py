"""What the rules mean that have findings: the text of `gnomon explain`."""

from collections import Counter
from collections.abc import Iterator

from gnomon.core.rule import Rule
from gnomon.render.explanation import incomplete_fixes
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
    facts = (rule.id, counted(count, "finding"), *rule.cwe)
    return el(
        "article",
        {"id": id_, "class": "rule", "aria-labelledby": f"{id_}-t"},
        el("p", {"class": "facts"}, *(el("span", None, fact) for fact in facts)),
        el("h3", {"id": f"{id_}-t"}, *said(rule.title)),
        *prose(rule.what),
        el("details", None, el("summary", None, "Why it is dangerous, what to do, what is not seen"), *_more(rule)),
    )


def _more(rule: Rule) -> Iterator[Element]:
    parts = {
        "Why it is dangerous": rule.why,
        "What to do": f"{rule.remedy}\n\n{rule.fix.strip(chr(10))}",
        "Fixes that are incomplete": incomplete_fixes() if rule.incomplete_fixes else "",
        "How it is found": rule.detection,
        "What is not seen": rule.blind_spots,
    }
    for title, text in parts.items():
        if text:
            yield el("h4", None, title)
            yield from prose(text)
    if rule.cases:
        yield el("h4", None, "Real cases")
        yield el(
            "ul",
            None,
            *(
                el("li", None, link(case.link, case.title), f" ({case.advisory})" if case.advisory else "")
                for case in rule.cases
            ),
        )
