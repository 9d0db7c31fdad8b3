"""What fix found and changed, as Markdown for the maintainers of the code: for responsible disclosure.

A section for each patch, or for each finding that has none. Untrusted text is written through `gnomon.render.markup`,
and code stands in fences that are longer than any in it.
"""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gnomon.core.endpoint import Endpoint, Reach
from gnomon.core.finding import Finding, Report
from gnomon.core.patch import Offer
from gnomon.core.rule import Rule
from gnomon.core.severity import Severity
from gnomon.fix.proof import NARROWING
from gnomon.render.escape import visible
from gnomon.render.fences import fenced, is_faithful
from gnomon.render.markdown import evidence, flow
from gnomon.render.markup import cell, code, prose
from gnomon.render.outcome import Document
from gnomon.render.page import counted
from gnomon.render.summary import channel

_WHO: dict[Reach, str] = {
    "any-host": "Every host that has a route to the address.",
    "configurable": "Whoever the setting that decides the address lets in; see the evidence for its default.",
    "this-host": "Everybody on the same host: other users, containers that share its network or folders, and any "
    "program there that was taken over.",
    "process": "Code in the same process alone, as far as this code shows.",
    "unknown": "Not known: no address was found in the code. If other hosts can connect, they can run code.",
}
_PATCH_WORDS = {"automatic": "applies as it is", "suggested": "for a person to decide", "impossible": "none"}
_HANDING_OVER = """
## Before this goes anywhere

1. Read the flow yourself. A tool that reads code can be wrong: if you are not sure, say so in the first sentence.
2. Look for `SECURITY.md`, a security policy on the project's page, a `security.txt` or a private reporting form, and
   use that. If there is none, ask the maintainers for a private way, without details.
3. Open no public issue, pull request or branch with this patch before they have answered: a fix tells the flaw.
4. Agree on a date for publishing, often within 90 days, and on who asks for an advisory or a CVE.
5. Copies of this code in other projects have the flaw too: their maintainers should hear of it at the same time.
"""


class Remedied(Struct, frozen=True, kw_only=True):
    """An offer, and what became of it when it was tried."""

    offer: Offer
    diff: str = ""
    """Unified, of the target's own files and the new ones; "" if there is no change. Untrusted text."""
    tests: tuple[tuple[str, str], ...] = ()
    """Path and text of each new test file. Untrusted text."""
    scanned_again: bool = False
    """True if the changed tree was scanned, and the findings were gone or milder."""


class Disclosure(Struct, frozen=True, kw_only=True):
    """What a report for maintainers is made of."""

    report: Report
    """Of the target as it is: what it is called, its digest, who says so."""
    remedied: tuple[Remedied, ...]
    """In the order of the report's sections."""
    rules: tuple[Rule, ...] = ()
    """For their titles and weaknesses."""
    folder: str = ""
    """The folder that gnomon was started in, absolute; "" if nobody knows."""


def write(disclosure: Disclosure) -> Document:
    """The report. It names no finding that has no section."""
    groups = _groups(disclosure.remedied)
    lines = [*_head(disclosure, groups)]
    for number, group in enumerate(groups, start=1):
        lines += _section(disclosure, group, number)
    return Document(data=("\n".join([*lines, _HANDING_OVER])).encode())


def _groups(remedied: Iterable[Remedied]) -> list[list[Remedied]]:
    """Each patch with the others that are for findings that it has already."""
    groups: list[list[Remedied]] = []
    for part in remedied:
        own = set(part.offer.findings)
        told = next((group for group in groups if own and own <= set(group[0].offer.findings)), None)
        if told is None:
            groups.append([part])
        else:
            told.append(part)
    return groups


def _head(disclosure: Disclosure, groups: list[list[Remedied]]) -> Iterator[str]:
    report = disclosure.report
    findings = len({finding for group in groups for finding in group[0].offer.findings})
    yield f"# Unsafe deserialization in {_target(report)}"
    yield ""
    yield (
        "**For the maintainers alone, until they have answered.** "
        "The last section says how to hand this over; nothing of it belongs in a public issue or pull request yet."
    )
    yield ""
    yield (
        f"Bytes that arrive from outside reach calls that run what the bytes name. {counted(findings, 'place')} "
        f"{'was' if findings == 1 else 'were'} found by reading the code; nothing of it was run. "
        "There is no exploit in this report, and none is needed to follow it."
    )
    yield ""
    yield from _affected(report)
    yield ""
    yield "| | severity | place | patch |"
    yield "|--:|---|---|---|"
    for number, group in enumerate(groups, start=1):
        for finding in _ordered(group[0].offer.findings):
            place = cell(f"{finding.site.path}:{finding.site.line}")
            yield f"| {number} | {finding.severity} | {place} | {_PATCH_WORDS[group[0].offer.standing]} |"


def _target(report: Report) -> str:
    """What the target is called; one that is named by its place alone has no name to others."""
    return code(report.target) if report.target.strip("./ ") else "this project"


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first."""
    return sorted(findings, key=lambda finding: list(Severity).index(finding.severity))


def _affected(report: Report) -> Iterator[str]:
    state = f", {code(report.digest)}" if report.digest else ", a folder on the disk: its commit is not known here"
    yield f"- **Affected:** {_target(report)}{state}. Other releases were not looked at."
    yield f"- **Found by:** gnomon {code(report.tool_version)}, knowledge {code(report.knowledge_version)}"
    if report.skipped:
        yield f"- **Incomplete:** {counted(len(report.skipped), 'part')} could not be looked at"


def _section(disclosure: Disclosure, group: list[Remedied], number: int) -> Iterator[str]:
    """What one patch is for, that patch, and other ways."""
    main, *others = group
    findings = _ordered(main.offer.findings)
    yield ""
    yield f"## {number}. {prose(findings[0].message if findings else main.offer.title)}"
    for finding in findings:
        yield ""
        if len(findings) > 1:
            yield f"### {code(f'{finding.site.path}:{finding.site.line}')}"
            yield ""
        yield from _told(disclosure, finding)
    for part in group:
        yield ""
        if part in others:
            yield "### Another way"
            yield ""
        yield from _patch(part)
        yield from _tests(part)
        yield from _verified(part)
    yield ""
    yield from _reproduction(disclosure.report, findings)


def _told(disclosure: Disclosure, finding: Finding) -> Iterator[str]:
    """What it is, the way of the bytes, who can send them, and what that means."""
    rule = next((rule for rule in disclosure.rules if rule.id == finding.rule), None)
    what = f"{prose(rule.title)} ({', '.join(map(code, rule.cwe))})" if rule else code(finding.rule)
    inside = f", in {code(finding.qualname)}" if finding.qualname else ""
    yield f"**What:** {what}: {code(finding.sink)} at {code(f'{finding.site.path}:{finding.site.line}')}{inside}."
    yield f"Severity {finding.severity}, confidence {finding.confidence}."
    yield ""
    yield from flow(disclosure.report, finding, disclosure.folder)
    yield ""
    yield from _precondition(disclosure, finding)
    yield ""
    yield f"**Impact:** {_impact(finding)}"
    if finding.advisories:
        yield ""
        yield f"**Advisories for this code, or for what it is a copy of:** {', '.join(map(code, finding.advisories))}"
    if finding.copied_from:
        copied = finding.copied_from
        yield ""
        yield f"**A copy of** {code(copied.origin)}: {prose(copied.note)}. There may be a fix to compare with."


def _precondition(disclosure: Disclosure, finding: Finding) -> Iterator[str]:
    endpoint = finding.endpoint
    if endpoint is None:
        yield "**Who can send:** not known; the code that was read does not say where the bytes come from."
        return
    yield f"**Who can send:** {_who(endpoint)} {prose(channel(endpoint)[:1].upper() + channel(endpoint)[1:])}."
    yield ""
    yield from evidence(disclosure.report, endpoint, disclosure.folder)
    if finding.other_addresses:
        yield f"- further addresses that lead here: {finding.other_addresses:,}"


def _who(endpoint: Endpoint) -> str:
    if endpoint.peer_chosen_by_request:
        return "Whoever may send the request that names the address to connect to."
    if endpoint.effective:
        return "Only who has the key or certificate; this is told for completeness."
    who = _WHO[endpoint.reach]
    if endpoint.role == "connect" and endpoint.reach != "process":
        who = "Whoever answers at the address that the code connects to, or can take its place on the way."
    if endpoint.authentication == "none":
        return who
    return f"{who} There is a check ({endpoint.authentication}), but it does not hold; the evidence says why."


def _impact(finding: Finding) -> str:
    if finding.endpoint is not None and finding.endpoint.effective:
        return "Whoever has the key can run code of their choice in this process; nobody else can."
    return "Whoever can send there can run code of their choice in this process, with its rights and its secrets."


def _patch(part: Remedied) -> Iterator[str]:
    offer = part.offer
    if offer.standing == "impossible":
        yield f"**Patch:** none was made. {prose(offer.title)}"
        yield from _list("Why", offer.why)
        return
    yield f"**Patch:** {prose(offer.title)}"
    yield from _list("To decide first", offer.why)
    if part.diff:
        yield ""
        if not is_faithful(part.diff):
            yield "Characters that can't be seen are shown as escapes, so this does not apply as it stands:"
            yield ""
        yield from fenced(part.diff, "diff")
    yield from _list("To do by hand then", offer.afterwards)


def _list(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield ""
        yield f"{title}:"
        yield ""
        yield from (f"- {prose(item, 1_000)}" for item in items)


def _tests(part: Remedied) -> Iterator[str]:
    for path, text in part.tests:
        yield ""
        yield f"**Regression test** {code(path)}, for pytest; it fails before the patch, and its marker is harmless:"
        yield ""
        yield from fenced(text, "python")


def _verified(part: Remedied) -> Iterator[str]:
    if part.offer.standing == "impossible":
        return
    yield ""
    narrowed = part.offer.recipe in NARROWING
    then = "still there, and harder to reach" if narrowed else "gone, or authenticated"
    if part.scanned_again:
        yield (
            "**Verified:** every changed file parses, and the changed tree was scanned again: what is reported here is "
            f"{then}, and nothing new is reported."
        )
    else:
        yield "**Verified:** nothing yet: the change was not scanned again."
    yield ""
    yield (
        "**Not verified:** the project itself was not run, neither its own tests nor the regression test. "
        "Ends of the channel that live in other repositories were not seen."
    )


def _reproduction(report: Report, findings: Iterable[Finding]) -> Iterator[str]:
    rules = sorted({finding.rule for finding in findings})
    options = "".join(f" --rule {shlex.quote(visible(rule))}" for rule in rules)
    yield "**To see the finding:**"
    yield ""
    yield from fenced(f"pip install gnomon\ngnomon scan{options} {shlex.quote(visible(report.target))}", "sh")
