"""Documents of a survey, one after the other -> the whole in numbers, and the worst of it."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from gnomon.core.audit import FINDINGS
from gnomon.core.endpoint import WIDEST_REACH_FIRST
from gnomon.core.lineage import UNSAFE
from gnomon.core.severity import Severity
from gnomon.render.json import JsonFinding
from gnomon.render.survey_json import JsonSurveyed

_ORDER = {each.value: number for number, each in enumerate(Severity)}
_REACH: dict[str, int] = {each: number for number, each in enumerate(WIDEST_REACH_FIRST)}


class Failure(Struct, frozen=True, kw_only=True):
    """A target that could not be read. Untrusted text."""

    target: str
    problem: str
    remedy: str
    passing: bool


class Flawed(Struct, frozen=True, kw_only=True):
    """The worst finding of a project, and how many of its targets have findings."""

    project: str
    severity: str
    reach: str
    target: str
    """One that has it."""
    path: str
    line: int
    message: str
    flawed: int
    """Targets of the project with a finding that is no note."""
    examined: int


class Tally(Struct, frozen=True, kw_only=True):
    """A survey in numbers."""

    targets: int
    status: dict[str, int]
    """`examined`, `incomplete` and `failed`."""
    empty: int
    """Examined, with no Python in them."""
    severity: dict[str, int]
    """Findings, the worst severity first."""
    unsafe_copies: int
    affected: int
    """Targets that an advisory is about, as their files tell."""
    files: int
    lines: int
    bytes: int
    skipped: int
    """Files and parts of files that could not be looked at."""
    flawed: tuple[Flawed, ...]
    """A project each, the worst first."""
    failures: tuple[Failure, ...]
    """In order of the targets' names."""

    @property
    def finds(self) -> bool:
        """True if anything is found that is no note."""
        return bool(self.unsafe_copies or self.affected or sum(self.severity.values()) - self.severity["note"])

    @property
    def is_whole(self) -> bool:
        """True if everything was looked at."""
        return self.status["examined"] == self.targets


class Counting:
    """Adds up documents that pass by."""

    def __init__(self) -> None:
        self._status: Counter[str] = Counter()
        self._severity: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._failures: list[Failure] = []
        self._worst: dict[str, tuple[str, JsonFinding]] = {}
        self._flawed: Counter[str] = Counter()
        self._examined: Counter[str] = Counter()

    def add(self, document: JsonSurveyed) -> None:
        """Counts one."""
        self._status[document.status] += 1
        self._numbers["empty"] += document.status == "examined" and not document.files
        for name in ("files", "lines", "bytes"):
            self._numbers[name] += getattr(document, name)
        if document.status == "failed":
            failure = Failure(
                target=document.target,
                problem=document.problem or "",
                remedy=document.remedy or "",
                passing=document.passing,
            )
            self._failures.append(failure)
            return
        self._examined[document.project] += 1
        self._add_scan(document)
        if document.trace is not None:
            self._numbers["unsafe"] += sum(each.state in UNSAFE for each in document.trace.copies)
        if document.audit is not None:
            self._numbers["affected"] += any(each.status in FINDINGS for each in document.audit.verdicts)
        for answer in (document.scan, document.trace, document.audit):
            self._numbers["skipped"] += len(answer.skipped) if answer is not None else 0

    def _add_scan(self, document: JsonSurveyed) -> None:
        found = document.scan.findings if document.scan is not None else ()
        self._severity.update(each.severity for each in found)
        serious = [each for each in found if each.severity != Severity.NOTE.value]
        if not serious:
            return
        self._flawed[document.project] += 1
        worst = min(serious, key=_urgency)
        before = self._worst.get(document.project)
        if before is None or _urgency(worst) < _urgency(before[1]):
            self._worst[document.project] = (document.name, worst)

    def tally(self) -> Tally:
        """What it comes to."""
        return Tally(
            targets=self._status.total(),
            status={name: self._status[name] for name in ("examined", "incomplete", "failed")},
            empty=self._numbers["empty"],
            severity={each.value: self._severity[each.value] for each in Severity},
            unsafe_copies=self._numbers["unsafe"],
            affected=self._numbers["affected"],
            files=self._numbers["files"],
            lines=self._numbers["lines"],
            bytes=self._numbers["bytes"],
            skipped=self._numbers["skipped"],
            flawed=tuple(self._flawed_of(project) for project in self._worst_first()),
            failures=tuple(sorted(self._failures, key=lambda each: each.target)),
        )

    def _worst_first(self) -> Iterable[str]:
        return sorted(self._worst, key=lambda project: (*_urgency(self._worst[project][1]), project))

    def _flawed_of(self, project: str) -> Flawed:
        target, finding = self._worst[project]
        return Flawed(
            project=project,
            severity=finding.severity,
            reach=finding.endpoint.reach if finding.endpoint else "unknown",
            target=target,
            path=finding.path,
            line=finding.line,
            message=finding.message,
            flawed=self._flawed[project],
            examined=self._examined[project],
        )


def _urgency(finding: JsonFinding) -> tuple[int, int]:
    return _ORDER[finding.severity], _REACH[finding.endpoint.reach if finding.endpoint else "unknown"]
