"""The parts of many files as the contents of one page: nothing twice, nothing silently left out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.rule import Rule
from gnomon.render.audit_json import JsonAudit
from gnomon.render.html.contents import Contents, GuardRun
from gnomon.render.html.reading import Part, Problem
from gnomon.render.html.words import titled
from gnomon.render.json import JsonRemark, JsonReport, JsonSkipped
from gnomon.render.probe_json import JsonProbe
from gnomon.render.trace_json import JsonTrace

_Targeted = TypeVar("_Targeted", JsonReport, JsonAudit, JsonProbe)


class From(Struct, frozen=True):
    """A part, and the file that it is from."""

    file: str
    part: Part


def gathered(found: Iterable[From], rules: Sequence[Rule], made: str, tool_version: str) -> Contents:
    """The contents of the page. What was given twice is once in it, and a remark says so."""
    each, remarks = _once(found)
    scans, told = _distinct([(one.file, one.part) for one in each if isinstance(one.part, JsonReport)])
    audits, told_of_audits = _distinct([(one.file, one.part) for one in each if isinstance(one.part, JsonAudit)])
    probes, told_of_probes = _distinct([(one.file, one.part) for one in each if isinstance(one.part, JsonProbe)])
    traces = tuple(one.part for one in each if isinstance(one.part, JsonTrace))
    guards = tuple(one.part for one in each if isinstance(one.part, GuardRun))
    problems = [one.part for one in each if isinstance(one.part, Problem)]
    return Contents(
        title=titled([*_targets(scans, traces, audits, probes), *(run.file for run in guards)]),
        scans=scans,
        traces=traces,
        audits=audits,
        probes=probes,
        guards=guards,
        unread=tuple(JsonSkipped(path=problem.where, reason=f"it {problem.what}") for problem in problems),
        remarks=tuple(dict.fromkeys([*remarks, *told, *told_of_audits, *told_of_probes])),
        rules=tuple(rules),
        made=made,
        tool_version=tool_version,
    )


def _once(found: Iterable[From]) -> tuple[list[From], list[JsonRemark]]:
    """Each document once, by what is in it."""
    files: dict[bytes, str] = {}
    kept: list[From] = []
    remarks: list[JsonRemark] = []
    for one in found:
        if isinstance(one.part, Problem):
            kept.append(one)
            continue
        part = replace(one.part, file="") if isinstance(one.part, GuardRun) else one.part
        key = blake2b(msgspec.json.encode(part)).digest()
        if key in files:
            remarks.append(_remark(one.file, f"the same is in {files[key]}: it is shown once"))
        else:
            files[key] = one.file
            kept.append(one)
    return kept, remarks


def _distinct(found: Sequence[tuple[str, _Targeted]]) -> tuple[tuple[_Targeted, ...], list[JsonRemark]]:
    """The reports, those of equal targets told apart by their files: nothing says which of them is the newer one."""
    times = Counter(report.target for _, report in found)
    named: Counter[str] = Counter()
    reports: list[_Targeted] = []
    remarks: list[JsonRemark] = []
    for file, report in found:
        if times[report.target] == 1:
            reports.append(report)
            continue
        name = f"{report.target} ({file})"
        named[name] += 1
        name = f"{report.target} ({file}, {named[name]})" if named[name] > 1 else name
        reports.append(replace(report, target=name))
        remarks.append(
            _remark(
                file,
                f"{report.target} is in {times[report.target]:,} different reports, and all are shown: "
                "leave out what is out of date",
            )
        )
    return tuple(reports), remarks


def _targets(
    scans: Sequence[JsonReport],
    traces: Sequence[JsonTrace],
    audits: Sequence[JsonAudit],
    probes: Sequence[JsonProbe],
) -> list[str]:
    traced = (target.target for trace in traces for target in trace.targets)
    listed = (each.target for each in audits)
    return [*(each.target for each in scans), *listed, *(each.target for each in probes), *traced]


def _remark(file: str, note: str) -> JsonRemark:
    return JsonRemark(path=file, line=None, note=note)
