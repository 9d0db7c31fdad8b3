"""An outcome as Markdown, for a comment on a pull request: counts, then each finding folded under its headline.

Only what GitHub and GitLab both render is used: tables, lists, code spans and `<details>`. Untrusted text is written
through `gnomon.render.markup`, so that it can neither place markup nor name people.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Report
from gnomon.core.severity import Severity
from gnomon.core.site import FoundAt
from gnomon.render.markup import cell, code, html, html_code, prose
from gnomon.render.outcome import Document, Outcome
from gnomon.render.page import counted
from gnomon.render.place import from_folder
from gnomon.render.summary import channel, known, told

# A comment with more characters is refused: "Body is too long (maximum is 65536 characters)".
LIMIT = 65_536
_RESERVED = 300  # for the line that counts what is left out
_TARGETS, _STEPS, _EVIDENCE, _NOTES = 40, 30, 10, 20
_REMEDY = 2000  # characters
_MARK = "<!-- gnomon scan -->"  # lets a bot find the comment again


def write(outcome: Outcome) -> Document:
    """A comment of at most LIMIT characters: worst first, and the last line says what is left out."""
    head = _head(outcome)
    notes = _fitting((_notes(report, outcome) for report in outcome.reports), LIMIT // 4)
    findings = _fitting(_findings(outcome), LIMIT - _RESERVED - len(head) - sum(map(len, notes)))
    left_out = _left_out(len(outcome.found) - len(findings), len(outcome.reports) - len(notes))
    comment = "".join([head, *findings, *notes, f"\n{left_out}\n" if left_out else ""])
    return Document(data=comment.encode(), left_out=left_out)


def _fitting(parts: Iterator[str], room: int) -> list[str]:
    """The first of them that have room together; what comes after is not even written."""
    fitting = []
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        fitting.append(part)
    return fitting


def _left_out(findings: int, notes: int) -> str:
    what = [f"{counted(findings, 'finding')}, the mildest"] if findings else []
    what += [f"what was not looked at or not shown of {counted(notes, 'target')}"] if notes else []
    if not what:
        return ""
    return f"Left out: {' and '.join(what)}. A comment has at most {LIMIT:,} characters; --format json has no limit."


def _head(outcome: Outcome) -> str:
    """What was found in each target, in numbers."""
    names = [severity.value for severity in Severity]
    lines = [
        _MARK,
        f"### gnomon: {_verdict(outcome.reports)}",
        "",
        f"| target | {' | '.join(names)} | not looked at |",
        f"|---|{'--:|' * (len(names) + 1)}",
        *map(_row, outcome.reports[:_TARGETS]),
    ]
    if len(outcome.reports) > _TARGETS:
        lines += ["", f"and {counted(len(outcome.reports) - _TARGETS, 'more target')}"]
    return "\n".join(lines) + "\n"


def _verdict(reports: Sequence[Report]) -> str:
    findings = sum(finding.severity is not Severity.NOTE for report in reports for finding in report.findings)
    skipped = sum(len(report.skipped) for report in reports)
    found = counted(findings, "finding") if findings else "nothing found"
    return f"{found}, but incomplete" if skipped else found


def _row(report: Report) -> str:
    found = [finding.severity for finding in report.findings]
    numbers = [*(found.count(severity) for severity in Severity), len(report.skipped)]
    cells = [f"**{number:,}**" if number else "0" for number in numbers]
    return f"| {cell(report.target) or '(no name)'} | {' | '.join(cells)} |"


def _findings(outcome: Outcome) -> Iterator[str]:
    """Each finding of the run, the worst first, whatever target it is in."""
    for report, finding in outcome.found:
        target = report.target if len(outcome.reports) > 1 and report.digest else ""
        yield "\n".join(_details(report, finding, outcome.folder, target)) + "\n"


def _details(report: Report, finding: Finding, folder: str, target: str) -> Iterator[str]:
    place = f"{from_folder(report, finding.site.path, folder)}:{finding.site.line}"
    yield f"\n<details><summary><b>{finding.severity}</b> {html_code(place)} {html(finding.message)}</summary>\n"
    inside = f", in {code(finding.qualname)}" if finding.qualname else ""
    of = f", in {code(target)}" if target else ""
    yield f"Rule {code(finding.rule)}, confidence {finding.confidence}{inside}{of}\n"
    yield from flow(report, finding, folder)
    if finding.endpoint:
        yield f"\n**Endpoint:** {prose(channel(finding.endpoint))}\n"
        yield from evidence(report, finding.endpoint, folder)
    if finding.incomplete:
        yield f"\n**Incomplete fix:** {prose(told(report, finding.incomplete, folder), _REMEDY)}"
    yield from _cure(finding)
    yield "\n</details>"


def flow(report: Report, finding: Finding, folder: str) -> Iterator[str]:
    """The way of the bytes as a numbered list; a long one without its middle."""
    origin = finding.source.api or finding.source.kind
    yield f"From {'an origin that was not found' if origin == 'unknown' else code(origin)} to {code(finding.sink)}:"
    yield ""
    steps: list[tuple[FoundAt, str]] = [(step.site, step.note) for step in finding.flow] or [(finding.site, "")]
    for number, (site, note) in enumerate(steps, start=1):
        if len(steps) > _STEPS and number == _STEPS // 2 + 1:
            yield f"\n({counted(len(steps) - _STEPS, 'step')} left out)\n"
        if len(steps) <= _STEPS or number <= _STEPS // 2 or number > len(steps) - _STEPS // 2:
            yield f"{number}. {_place(report, site, folder)} {prose(note)}".rstrip()
            if site.code:
                yield f"   <br>{code(site.code)}"
    if finding.other_sources:
        ways = counted(finding.other_sources, "further, milder way")
        yield f"\n{ways} lead{'s' * (finding.other_sources == 1)} to the same call."


def evidence(report: Report, endpoint: Endpoint, folder: str) -> Iterator[str]:
    """Why the endpoint is what it is said to be, an entry each."""
    for entry in endpoint.evidence[:_EVIDENCE]:
        place = f" {_place(report, entry.site, folder)}" if entry.site else ""
        yield f"- {entry.claim}:{place} {prose(entry.note)} ({entry.basis})"
    if len(endpoint.evidence) > _EVIDENCE:
        yield f"- {counted(len(endpoint.evidence) - _EVIDENCE, 'piece')} of evidence left out"


def _cure(finding: Finding) -> Iterator[str]:
    if finding.remedy:
        yield f"\n**Remedy:** {prose(finding.remedy, _REMEDY)}"
    for fix in finding.fixes:
        yield f"\n**Fix{'' if fix.safe else ' (review it)'}:** {prose(fix.note)}"
    if finding.advisories:
        yield f"\n**Advisories:** {', '.join(map(code, finding.advisories))}"
    if finding.copied_from:
        yield f"\n**Copied from** {code(finding.copied_from.origin)}: {prose(finding.copied_from.note)}"


def _notes(report: Report, outcome: Outcome) -> str:
    """What was looked at, what was not, and what is not shown."""
    of = f"{code(report.target)}: " if len(outcome.reports) > 1 else ""
    looked = f"{counted(report.files, 'file')} and {counted(report.lines, 'line')} looked at"
    lines = ["", f"{of}{looked} by gnomon {code(report.tool_version)}, knowledge {code(report.knowledge_version)}"]
    for line in islice(known(report, outcome.show_hidden), _NOTES):
        lines += ["", prose(line)]
    if report.skipped:
        lines += ["", f"**{counted(len(report.skipped), 'part')} not looked at:**", ""]
    lines += [f"- {code(entry.path)} {prose(entry.reason)}" for entry in report.skipped[:_NOTES]]
    if len(report.skipped) > _NOTES:
        lines.append(f"- and {len(report.skipped) - _NOTES:,} more; `--format json` lists them all")
    return "\n".join(lines) + "\n"


def _place(report: Report, site: FoundAt, folder: str) -> str:
    return code(f"{from_folder(report, site.path, folder)}:{site.line}")
