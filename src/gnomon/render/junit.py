"""An outcome as JUnit XML, for whatever shows test results: each finding a failure, each thing skipped an error.

There is no one standard. What is written here is valid by both schemas in use: that of Jenkins
(jenkinsci/xunit-plugin, junit-10.xsd) and that of Ant (windyroad/JUnit-Schema, JUnit.xsd).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from msgspec import Struct

from gnomon.core.finding import Finding, Report
from gnomon.core.severity import Severity
from gnomon.render.card import write_card
from gnomon.render.escape import visible
from gnomon.render.outcome import Answer, Document, Outcome
from gnomon.render.page import Page, Style, counted

Status = Literal["passed", "failure", "error", "skipped"]


class Case(Struct, frozen=True, kw_only=True):
    """One test. All text is untrusted, each field but `details` becomes one line."""

    kind: str
    """What is tested: a rule's id, or a word of ours."""
    name: str
    """The same in the next run if nothing changed: services compare runs by kind and name."""
    status: Status = "passed"
    message: str = ""
    details: str = ""
    """Lines that are harmless already."""


def write(outcome: Outcome) -> Document:
    """One suite a target. Nothing found is a test that passed; incomplete has an error, so it is never green."""
    root = Element("testsuites")
    taken: Counter[tuple[str, str]] = Counter()
    for number, answer in enumerate(outcome.answers):
        _add_suite(root, number, answer, taken, of=f"{answer.report.target}: " if len(outcome.answers) > 1 else "")
    indent(root)
    return Document(data=tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n")


def _cases(report: Report) -> Iterator[Case]:
    for finding in report.findings:
        yield _case(finding)
    for entry in report.suppressed:
        name = _name(entry.finding)
        yield Case(kind=entry.finding.rule, name=name, status="skipped", message=f"suppressed: {entry.reason}")
    for skip in report.skipped:
        yield Case(kind="incomplete", name=skip.path, status="error", message=f"not looked at: {skip.reason}")
    if not report.findings and not report.skipped:
        yield Case(kind="scan", name="nothing found")


def _case(finding: Finding) -> Case:
    """What is authenticated passes: a note is no failure, as it is none for the exit code."""
    if finding.severity is Severity.NOTE:
        return Case(kind=finding.rule, name=_name(finding))
    page = Page(Style())
    write_card(page, finding)
    message = f"{finding.severity}: {finding.site.path}:{finding.site.line}: {finding.message}"
    return Case(kind=finding.rule, name=_name(finding), status="failure", message=message, details=page.text().rstrip())


def _name(finding: Finding) -> str:
    """Without a line number: it would be another test as soon as the code above it changes."""
    return f"{finding.site.path} {finding.qualname} {finding.sink} {finding.fingerprint[:8]}"


def _add_suite(root: Element, number: int, answer: Answer, taken: Counter[tuple[str, str]], *, of: str) -> None:
    """Times are of the whole target: a finding takes none of its own. `of` begins the names of its tests."""
    report, cases = answer.report, list(_cases(answer.report))
    statuses = Counter(case.status for case in cases)
    name = visible(report.target).strip() or "target"
    suite = SubElement(
        root,
        "testsuite",
        name=name,
        package="gnomon",
        id=str(number),
        timestamp=answer.start_time,
        hostname="localhost",
        tests=str(len(cases)),
        failures=str(statuses["failure"]),
        errors=str(statuses["error"]),
        skipped=str(statuses["skipped"]),
        time=f"{answer.elapsed_s:.3f}",
    )
    properties = SubElement(suite, "properties")
    for key, value in _properties(report):
        SubElement(properties, "property", name=key, value=visible(value))
    for case, title in _titled(cases, taken, of):
        _add_case(suite, case, title)
    SubElement(suite, "system-out")
    SubElement(suite, "system-err")


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield "gnomon", report.tool_version
    yield "knowledge", report.knowledge_version
    yield "looked at", f"{counted(report.files, 'file')}, {counted(report.lines, 'line')}"
    yield "hidden findings", str(report.hidden)
    if report.digest:
        yield "digest", report.digest


def _titled(cases: Iterable[Case], taken: Counter[tuple[str, str]], of: str) -> Iterator[tuple[Case, str]]:
    """Each case with a name that no other of its kind has: GitLab would keep only one of them."""
    for case in cases:
        title = visible(f"{of}{case.name}").strip()
        taken[case.kind, title] += 1
        count = taken[case.kind, title]
        yield case, f"{title} ({count})" if count > 1 else title


def _add_case(suite: Element, case: Case, title: str) -> None:
    element = SubElement(suite, "testcase", name=title, classname=f"gnomon.{visible(case.kind)}", time="0")
    if case.status != "passed":
        result = SubElement(element, case.status, message=visible(case.message))
        result.text = case.details or None
        if case.status != "skipped":  # Ant's schema wants it of the others, and forbids it here
            result.set("type", visible(case.kind))
