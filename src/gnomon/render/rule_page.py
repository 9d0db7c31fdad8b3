"""A rule's page as sections in order, for `gnomon explain`, the documentation, SARIF's help and the HTML page alike.

The texts of a section are paragraphs, parted by empty lines. Lines that begin with `- ` or `1. ` are items of a list,
lines that begin with four blanks are code, and what stands in backticks is code too.
"""

import re

from msgspec import Struct

from gnomon.core.incomplete import COMPLETION, MEANING
from gnomon.core.rule import RealCase, Rule

_CODE = re.compile(r"(`[^`]+`)")
_MARKUP = re.compile(r"[*<\[\]]|(?<![^\W_])_|_(?![^\W_])")


class Section(Struct, frozen=True, kw_only=True):
    """A part of the page; it has a text or, where it is about what happened, cases."""

    title: str
    text: str = ""
    cases: tuple[RealCase, ...] = ()


def sections(rule: Rule) -> tuple[Section, ...]:
    """The page from its first section to its last, without those that the rule has nothing for."""
    lacking = incomplete_fixes() if rule.incomplete_fixes else ""
    every = (
        Section(title="What it is", text=rule.what.strip("\n")),
        Section(title="Why it happens", text=rule.cause.strip("\n")),
        Section(title="Why it is dangerous", text=rule.why.strip("\n")),
        Section(title="Real cases", cases=rule.cases),
        Section(title="How to fix it", text=f"{rule.remedy.strip()}\n\n{rule.fix.strip(chr(10))}"),
        Section(title="Fixes that are incomplete", text=lacking),
        Section(title="How it is detected", text=rule.detection.strip("\n")),
        Section(title="What it can't see", text=rule.blind_spots.strip("\n")),
    )
    return tuple(section for section in every if section.text or section.cases)


def severity(rule: Rule) -> str:
    """Where the severity of the rule's findings comes from, in words."""
    return "computed from who can reach the endpoint" if rule.severity == "computed" else rule.severity


def state(rule: Rule) -> str:
    """Whether the rule is reported without asking for it."""
    return "on by default" if rule.default else f"off by default: `gnomon scan --all` or `--rule {rule.id}`"


def plain(rule: Rule) -> str:
    """The page without markup, for viewers that show text alone."""
    return "\n\n".join(f"{section.title}\n\n{section.text or _listed(section)}" for section in sections(rule))


def markdown(rule: Rule) -> str:
    """The page as Markdown, each section under a heading of the second level."""
    return "\n\n".join(f"## {section.title}\n\n{_marked(section)}" for section in sections(rule))


def incomplete_fixes() -> str:
    """What findings say of fixes that lack something, and how each is completed: an introduction and a list."""
    items = (f"- {kind}: {MEANING[kind]} {completion}" for kind, completion in COMPLETION.items())
    return "A finding says so where code looks like a fix and does not remove the flaw.\n\n" + "\n".join(items)


def _listed(section: Section) -> str:
    return "\n".join(f"- {case.title}{_named(case)}: {case.link}" for case in section.cases)


def _marked(section: Section) -> str:
    if section.cases:
        return "\n".join(f"- [{_escaped(case.title)}]({case.link}){_named(case)}" for case in section.cases)
    return "\n".join(line if line.startswith("    ") else _escaped(line) for line in section.text.splitlines())


def _named(case: RealCase) -> str:
    return f" ({case.advisory})" if case.advisory else ""


def _escaped(line: str) -> str:
    r"""Prose in which what Markdown would take for markup is text: `tcp://*` twice in a paragraph is no emphasis."""
    pieces = _CODE.split(line)
    return "".join(piece if number % 2 else _MARKUP.sub(r"\\\g<0>", piece) for number, piece in enumerate(pieces))
