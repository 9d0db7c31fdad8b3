"""What gnomon answers to a coding assistant's tool calls: typed values of bounded size, with nothing in them to obey.

Everything that comes from what was looked at is untrusted text: it is made visible and cut short before it leaves.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from gnomon.cli.explaining import explained
from gnomon.core.errors import GnomonError, TargetError
from gnomon.core.finding import Finding, Report
from gnomon.core.severity import Severity
from gnomon.render.escape import visible
from gnomon.render.page import Style, counted

MAX_FINDINGS = 20
MAX_STEPS = 8
MAX_SKIPPED = 20
MAX_TEXT = 400
"""Characters of one text."""
MAX_CODE = 1_000_000
"""Characters of code that are checked in one call."""
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|git@")


class Scan(Struct, frozen=True, forbid_unknown_fields=True):
    """What scan is asked."""

    target: Annotated[
        str, Meta(description="a folder, file or archive, relative to the folder that the server was started in")
    ] = "."


class CheckSnippet(Struct, frozen=True, forbid_unknown_fields=True):
    """What check_snippet is asked."""

    code: Annotated[str, Meta(description="Python: a whole file or a fragment")]
    path: Annotated[str, Meta(description="what the file is called")] = "snippet.py"


class Explain(Struct, frozen=True, forbid_unknown_fields=True):
    """What explain is asked."""

    rule: Annotated[
        str,
        Meta(description="a rule, an advisory, or what a fix lacks; without it, all rules are listed"),
    ] = ""


class ToolFinding(Struct, frozen=True, kw_only=True):
    """One unsafe load; paths are relative to what was looked at."""

    rule: str
    severity: str
    confidence: str
    message: str
    path: str
    line: int
    code: str
    steps: tuple[str, ...]
    reach: str
    address: str
    authentication: str
    authentication_effective: bool
    incomplete_fix: str
    """What a fix lacks that is there already; "" if there is none."""
    remedy: str
    fingerprint: str


class ToolReport(Struct, frozen=True, kw_only=True):
    """The answer of scan and check_snippet."""

    target: str
    clean: bool
    """True only if everything was looked at and nothing was found but notes."""
    complete: bool
    findings: tuple[ToolFinding, ...]
    findings_left_out: int
    skipped: tuple[str, ...]
    skipped_left_out: int
    files: int
    scope: str
    """What was looked at, and what was not."""


class ToolRule(Struct, frozen=True, kw_only=True):
    """The answer of explain: one thing's page, and the ids of all rules."""

    rule: str
    title: str
    text: str
    rules: tuple[str, ...]


class Tools:
    """The tools of one server, which looks at nothing outside of the folder it was started in."""

    def __init__(self, root: Path, *, network: bool) -> None:
        self._root = root.resolve()
        self._network = network

    def scan(self, asked: Scan) -> ToolReport:
        """The worst findings of a target below the root, or of a release. Raises GnomonError."""
        from gnomon.cli.policy import policy, today
        from gnomon.cli.scanning import Question, scanned

        target = self._allowed(asked.target)
        chosen = policy([target], no_config=True, today=today())
        report = replace(scanned(target, Question(), chosen.knowledge(), None, chosen), target=asked.target)
        return _answer(report, "everything in the target")

    def _allowed(self, target: str) -> str:
        """The target as it may be read."""
        if _REMOTE.match(target):
            if not self._network:
                raise TargetError(
                    f"{target} is not a file or folder, and this server may not use the network.",
                    remedy="start it as: gnomon mcp --allow-network",
                )
            if "file:" in target.lower():
                raise TargetError(f"{target} is no address on the network.", remedy="name a folder or file")
            return target
        try:
            path = (self._root / target).resolve()
        except (OSError, RuntimeError, ValueError):  # links in a circle, a NUL
            raise TargetError(f"{target} is not a path.", remedy="name a folder or file") from None
        if not path.is_relative_to(self._root):
            raise TargetError(
                f"{target} leads out of the folder that this server was started in.",
                remedy="name a path below that folder, or start the server in the other one",
            )
        return str(path)

    def check_snippet(self, asked: CheckSnippet) -> ToolReport:
        """The findings in code that need not be a whole file. Raises GnomonError."""
        from gnomon.cli.edit_report import report_on
        from gnomon.io.edits import UNNAMED, read_change
        from gnomon.knowledge.load import load

        code, path = asked.code, asked.path or UNNAMED
        if len(code) > MAX_CODE:
            raise GnomonError(
                f"code has more than {MAX_CODE:,} characters.", remedy="scan with the file's path instead"
            )
        change = read_change(code.encode("utf-8", "replace"), path=path, folder=self._root)
        if not change.edits and not change.skipped:
            raise TargetError(f"{path} is not a name of Python code.", remedy="path: 'snippet.py', or leave it out")
        return _answer(report_on(change, load()), "this code alone, not the files around it; scan looks at those")

    def explain(self, asked: Explain) -> ToolRule:
        """The page of a rule, an advisory or a kind of incomplete fix; or what rules there are. Raises GnomonError."""
        from gnomon.knowledge.load import load
        from gnomon.render import explanation

        rules = load().rules
        ids = tuple(entry.id for entry in rules)
        if not asked.rule:
            return ToolRule(rule="", title="The rules", text=explanation.render_list(rules, Style()), rules=ids)
        found = explained(asked.rule, rules, Style())
        return ToolRule(rule=found.id, title=found.title, text=found.text, rules=ids)


def summary(report: ToolReport) -> str:
    """The report in a few lines, for a reader who does not look at the structured answer."""
    lines = [
        f"{entry.severity} {entry.path}:{entry.line}: {entry.message} ({entry.rule}, confidence {entry.confidence})"
        for entry in report.findings
    ]
    if report.findings_left_out:
        lines.append(f"and {report.findings_left_out:,} more findings")
    lines += [f"not looked at: {entry}" for entry in report.skipped[:3]]
    if not report.findings:
        lines.append("nothing found" if report.complete else "nothing found in what could be looked at")
    for remedy in dict.fromkeys(entry.remedy for entry in report.findings):
        lines.append(f"remedy: {remedy}")
    lines.append(f"looked at: {report.scope} ({counted(report.files, 'file')})")
    return "\n".join(lines)


def _answer(report: Report, scope: str) -> ToolReport:
    failing = [entry for entry in report.findings if entry.severity is not Severity.NOTE]
    return ToolReport(
        target=_told(report.target),
        clean=not failing and not report.skipped,
        complete=not report.skipped,
        findings=tuple(_finding(entry) for entry in report.findings[:MAX_FINDINGS]),
        findings_left_out=max(len(report.findings) - MAX_FINDINGS, 0),
        skipped=tuple(_told(f"{entry.path}: {entry.reason}") for entry in report.skipped[:MAX_SKIPPED]),
        skipped_left_out=max(len(report.skipped) - MAX_SKIPPED, 0),
        files=report.files,
        scope=scope,
    )


def _finding(finding: Finding) -> ToolFinding:
    endpoint = finding.endpoint
    return ToolFinding(
        rule=finding.rule,
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        message=_told(finding.message),
        path=_told(finding.site.path),
        line=finding.site.line,
        code=_told(finding.site.code),
        steps=_shortened([_told(f"{step.site.path}:{step.site.line} {step.note}") for step in finding.flow]),
        reach=endpoint.reach if endpoint else "unknown",
        address=_told(endpoint.address) if endpoint else "",
        authentication=endpoint.authentication if endpoint else "unknown",
        authentication_effective=bool(endpoint and endpoint.effective),
        incomplete_fix=_told(finding.incomplete.what) if finding.incomplete else "",
        remedy=finding.remedy,
        fingerprint=finding.fingerprint,
    )


def _shortened(steps: Sequence[str]) -> tuple[str, ...]:
    if len(steps) <= MAX_STEPS:
        return tuple(steps)
    return (*steps[: MAX_STEPS // 2], f"… {len(steps) - MAX_STEPS} more …", *steps[-MAX_STEPS // 2 :])


def _told(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= MAX_TEXT else f"{shown[: MAX_TEXT - 1]}…"
