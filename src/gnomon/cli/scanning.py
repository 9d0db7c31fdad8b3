"""The report on one target: read it, ask, compare with what was known, suppress, select."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from gnomon import __version__
from gnomon.core.baseline import Known, lost
from gnomon.core.finding import Finding, Report, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.select import Selection, select
from gnomon.core.severity import Confidence, Severity
from gnomon.core.tree import Tree

if TYPE_CHECKING:
    from gnomon.cli.policy import Policy
    from gnomon.cli.since import Before
    from gnomon.io.git_since import Base
    from gnomon.io.results import Recognition


class Question(Struct, frozen=True, kw_only=True):
    """What is asked about a target."""

    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    rules: tuple[str, ...] = ()
    all: bool = False
    since: str | None = None
    workers: int | None = None
    """None: as many as there are processors."""
    cache: bool = True
    """Ask what earlier runs found, and keep what this one finds."""


def asked(question: Question, policy: "Policy") -> Question:
    """The question, with the configuration's word where the command line says nothing."""
    settings = policy.settings
    return replace(
        question,
        min_severity=question.min_severity or settings.min_severity,
        min_confidence=question.min_confidence or settings.min_confidence,
        rules=question.rules or (() if question.all else settings.rules),
        all=question.all or settings.all,
    )


def scanned(name: str, question: Question, known: Knowledge, baseline: Known | None, policy: "Policy") -> Report:
    """The report on one target. Raises TargetError."""
    whole, base = _sides(name, question)
    tree, remarks = policy.narrowed(whole, name)
    found = results_on(tree, known, question)
    former = _former(base, tree, found, question, known, lambda side: policy.narrowed(side, name)[0])
    measures = [] if baseline is None else [baseline]
    picked = selected(found, question, known, [*measures, *(former.known if former else ())])
    report = reported(name, tree, found, picked, known, policy)
    return replace(
        report,
        remarks=(*remarks, *report.remarks),
        skipped=report.skipped + (former.skipped if former else ()),
        base=base.commit if base else "",
        removed=lost(selected(former.results, question, known).findings, found) if former else 0,
    )


def reported(
    name: str,
    tree: Tree,
    found: Sequence[Finding | Skipped],
    picked: Selection,
    known: Knowledge,
    policy: "Policy",
) -> Report:
    """The report on a tree that is read: what was picked of what was found, without what is suppressed."""
    suppressions = policy.suppressions(tree, name, found, known)
    shown, suppressed = suppressions.split(picked.findings)
    incomplete = frozenset(entry.path for entry in picked.skipped)
    return Report(
        target=tree.target,
        findings=policy.lowered(shown),
        remarks=tuple(suppressions.remarks(shown, incomplete)),
        suppressed=picked.suppressed + suppressed,
        skipped=tree.skipped + picked.skipped,
        excluded=tree.excluded,
        files=len(tree.contents),
        lines=sum(data.count(b"\n") for data in tree.contents),
        digest=tree.digest,
        tool_version=__version__,
        knowledge_version=known.version,
        hidden=picked.hidden,
    )


def results_on(tree: Tree, known: Knowledge, question: Question) -> tuple[Finding | Skipped, ...]:
    """Everything that is found in a tree, whatever is asked for in the end."""
    from gnomon.io.results import results
    from gnomon.io.workers import processors, spread

    return results(tree, known, spread(question.workers or processors()), recognition(), keep=question.cache)


@cache
def recognition() -> "Recognition":
    """Gnomon's own signatures, for findings: whoever asks for results with them shares the kept answers."""
    from gnomon.io.results import Recognition
    from gnomon.knowledge import signatures

    files = signatures.load()
    return Recognition(files.version, files.signatures)


def _sides(name: str, question: Question) -> "tuple[Tree, Base | None]":
    """The target, and what it is to be held against."""
    from gnomon.io.targets import read

    if question.since is None:
        return read(name), None
    from gnomon.io.git_since import base_of, without_ignored  # here, since other scans can do without git

    base = base_of(name, question.since)
    return without_ignored(base, read(name)), base


def _former(
    base: "Base | None",
    tree: Tree,
    found: tuple[Finding | Skipped, ...],
    question: Question,
    known: Knowledge,
    narrowed: Callable[[Tree], Tree],
) -> "Before | None":
    """What the base answers; None if that is not asked for, or is not needed: where nothing is found nothing is new."""
    if base is None or not selected(found, question, known).findings:
        return None
    from gnomon.cli.since import before

    return before(base, tree, found, narrowed, lambda side: results_on(side, known, question))


def selected(
    found: Sequence[Finding | Skipped], question: Question, known: Knowledge, baselines: Sequence[Known] = ()
) -> Selection:
    """What of it is asked for."""
    return select(
        found,
        known.rules,
        min_severity=question.min_severity or Severity.NOTE,
        min_confidence=question.min_confidence or Confidence.LOW,
        rule_ids=question.rules,
        include_all=question.all,
        baselines=baselines,
    )
