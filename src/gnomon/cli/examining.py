"""One target of a survey -> all that gnomon says of it, from one reading of its files: a function of bytes to bytes.

It may be called anywhere: in a process forked for it, or on another machine.
"""

import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gnomon import __version__
from gnomon.audit.evidence import Holding
from gnomon.audit.inventory import Inventory
from gnomon.cli.auditing import Question as AuditQuestion
from gnomon.cli.auditing import audited_inventory
from gnomon.cli.policy import Policy
from gnomon.cli.scanning import Question as ScanQuestion
from gnomon.cli.scanning import recognition, reported, selected
from gnomon.cli.tracing import Looked, looked_into, path_in, question_of
from gnomon.cli.tracing import Question as TraceQuestion
from gnomon.core.audit import Audited
from gnomon.core.errors import GnomonError, NothingToScan, TargetError, Unavailable
from gnomon.core.finding import Finding, Report, Skipped
from gnomon.core.lineage import Traced
from gnomon.core.survey import Instructions, Status, Surveyed, Tools
from gnomon.core.tree import Provenance, Tree
from gnomon.io import git_names, inventories, pypi, targets
from gnomon.io.limits import DEFAULT
from gnomon.io.provenance import provenance
from gnomon.io.results import results
from gnomon.knowledge import advisories, signatures
from gnomon.knowledge.load import load as knowledge
from gnomon.python.parse import TOO_DEEP
from gnomon.render.document import packed
from gnomon.render.survey_json import document
from gnomon.trace.held import Part
from gnomon.trace.pack import Pack
from gnomon.trace.parts import part

_RELEASE = "pypi:"
_PATIENCE_S = 120.0
"""For a server that is busy, and for room on the disk."""


class _Read(Struct, frozen=True, kw_only=True):
    """A target, read."""

    shown: str
    """What it is called, without a path of this machine."""
    tree: Tree
    about: Provenance
    inventory: Inventory | None
    """None if no package is named, or if it was not asked for."""


class _Answers(Struct, frozen=True, kw_only=True):
    report: Report | None = None
    traced: Traced | None = None
    part: Part | None = None
    audited: Audited | None = None


@cache
def tools() -> Tools:
    """What answers here."""
    return Tools(
        gnomon=__version__,
        knowledge=knowledge().version,
        signatures=signatures.load().version,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def warm_up(instructions: bytes, *, fetches: bool) -> None:
    """Reads what every target needs, so that processes forked afterwards share it; `fetches`: some are releases."""
    _tracing(instructions)
    recognition()
    advisories.load()
    if fetches:
        with suppress(GnomonError):  # who needs it is told
            pypi.settings_here()


def examine(instructions: bytes, target: str) -> bytes:
    """Msgpack of the `Surveyed` of a target; `instructions` is msgpack of `Instructions`.

    Whatever is wrong with the target is an answer, too. The same bytes for the same target, tools and instructions.
    """
    asked = msgspec.msgpack.decode(instructions, type=Instructions)
    with ExitStack() as ending:
        try:
            return packed(_examined(instructions, asked, target, ending))
        except NothingToScan as error:
            return packed(_unread(asked, target, error, status="examined"))
        except Unavailable as error:
            return packed(_unread(asked, target, error, passing=True))
        except GnomonError as error:
            return packed(_unread(asked, target, error))
        except MemoryError:
            return packed(_unread(asked, target, GnomonError("out of memory.", remedy="--memory with more")))
        except RecursionError:
            return packed(_unread(asked, target, GnomonError(f"{TOO_DEEP} to look at.")))
        except Exception as error:  # noqa: BLE001 (one target's bug must not end a survey of thousands)
            return packed(_unread(asked, target, GnomonError(_bug(error), remedy=f"gnomon scan {target}")))


def _examined(instructions: bytes, asked: Instructions, target: str, ending: ExitStack) -> Surveyed:
    if (here := tools()) != asked.tools:
        raise Unavailable(
            f"this worker has gnomon {here.gnomon} on Python {here.python}, or other knowledge than the survey.",
            remedy=f"install gnomon {asked.tools.gnomon} on Python {asked.tools.python} there",
        )
    read = _release(asked, target, ending) if target.startswith(_RELEASE) else _local(asked, target)
    question, pack = _tracing(instructions)
    found = results(read.tree, question.knowledge, question.spread, recognition(), keep=asked.cache)
    answers = _Answers(report=_report(read, found, question), audited=_audited(read, found, asked))
    if asked.trace:
        answers = _with_trace(answers, looked_into(read.tree, read.about, found, question, pack), read, asked)
    return _surveyed(asked, target, read, answers)


def _report(read: _Read, found: Sequence[Finding | Skipped], question: TraceQuestion) -> Report:
    known, asked = question.knowledge, ScanQuestion()
    # no configuration, no markers: whoever surveys code has no word in it, wherever it lies
    policy = Policy(None, (), trust=False, today=date.min, strangers=True)
    tree = replace(read.tree, target=read.shown)
    return reported(read.shown, tree, found, selected(found, asked, known), known, policy)


def _audited(read: _Read, found: Sequence[Finding | Skipped], asked: Instructions) -> Audited | None:
    if read.inventory is None:
        return None
    # what was imported on this machine, or how old that is, would be another answer elsewhere
    question = AuditQuestion(workers=asked.workers, cache=asked.cache, imported=False, today=None)
    return audited_inventory(read.inventory, question, found if read.inventory.kind == "release" else None)


def _with_trace(answers: _Answers, looked: Looked, read: _Read, asked: Instructions) -> _Answers:
    return replace(
        answers,
        traced=replace(looked.traced, target=read.shown),
        part=part(
            looked.releases[-1],
            looked.places,
            looked.sightings,
            answers.report.findings if answers.report else (),
            path_in(read.tree),
            every=asked.all_functions,
        ),
    )


def _surveyed(asked: Instructions, target: str, read: _Read, answers: _Answers) -> Surveyed:
    parts = [each for each in (answers.report, answers.traced, answers.audited) if each is not None]
    nothing = _nothing(read)
    surveyed = Surveyed(
        target=target,
        name=read.shown,
        project=read.about.project,
        label=read.about.label,
        date=read.about.date,
        basis=read.about.basis,
        digest=read.tree.digest,
        status="incomplete" if any(each.skipped for each in parts) else "examined",
        problem=nothing.problem if nothing else "",
        remedy=nothing.remedy if nothing else "",
        files=len(read.tree.contents),
        functions=answers.traced.functions if answers.traced else 0,
        lines=answers.report.lines if answers.report else 0,
        bytes=sum(map(len, read.tree.contents)),
        part=packed(answers.part) if answers.part else b"",
    )
    told = document(surveyed, asked.tools, answers.report, answers.traced, answers.audited)
    return replace(surveyed, document=told)


def _nothing(read: _Read) -> NothingToScan | None:
    """Why there is nothing to see: some releases only point to others."""
    try:
        targets.not_empty(replace(read.tree, target=read.shown))
    except NothingToScan as error:
        return error
    return None


def _release(asked: Instructions, target: str, ending: ExitStack) -> _Read:
    wanted = pypi.Wanted(
        passing=not asked.keep_downloads, spare_bytes=asked.spare_bytes, patience_s=_PATIENCE_S, recent=True
    )
    release = pypi.download(target.removeprefix(_RELEASE), asked.max_download_bytes, wanted)
    if not asked.keep_downloads:
        ending.callback(release.done)
    try:
        tree = targets.release_tree(release)
        inventory = inventories.release_inventory(release, target) if asked.audit else None
    except FileNotFoundError:  # another process was done with the same archive, under another name
        raise Unavailable(f"{release.filename} was removed while it was read.", remedy="try again") from None
    return _Read(shown=tree.target, tree=tree, about=provenance(tree), inventory=_held(inventory, tree))


def _local(asked: Instructions, target: str) -> _Read:
    """A folder, an archive, a commit. Its path on this machine is in no answer."""
    place = target if git_names.is_remote(target) else str(Path(asked.folder, target))
    try:
        tree = targets.read(place, limits=replace(DEFAULT, max_download_bytes=asked.max_download_bytes))
    except TargetError as error:
        error.problem, error.remedy = (text.replace(place, target) for text in (error.problem, error.remedy))
        raise
    about = provenance(tree)
    shown = target if tree.target == place else tree.target
    inventory = _listed(place) if asked.audit else None
    return _Read(
        shown=shown,
        tree=tree,
        about=replace(about, project=about.project or shown),
        inventory=_held(replace(inventory, target=target), tree) if inventory else None,
    )


def _listed(place: str) -> Inventory | None:
    """The packages that a path names; most folders of code name none."""
    try:
        return inventories.read_inventory(place)
    except TargetError:
        return None


def _held(inventory: Inventory | None, tree: Tree) -> Inventory | None:
    """The inventory, with the files of a release as they were read already."""
    if inventory is None or inventory.kind != "release":
        return inventory
    return replace(inventory, holding=lambda _: Holding(tree=tree))


@cache
def _tracing(instructions: bytes) -> tuple[TraceQuestion, Pack]:
    asked = msgspec.msgpack.decode(instructions, type=Instructions)
    question, _ = question_of((), asked.workers, cache=asked.cache, history=asked.history)
    question = replace(question, all_functions=asked.all_functions)
    return question, Pack(question.signatures)


def _unread(
    asked: Instructions, target: str, error: GnomonError, *, status: Status = "failed", passing: bool = False
) -> Surveyed:
    project, _, label = target.removeprefix(_RELEASE).partition("==") if target.startswith(_RELEASE) else ("", "", "")
    surveyed = Surveyed(
        target=target,
        name=git_names.shown(target),
        project=project,
        label=label,
        status=status,
        problem=error.problem,
        remedy=error.remedy,
        passing=passing,
    )
    return replace(surveyed, document=document(surveyed, asked.tools, None, None, None))


def _bug(error: Exception) -> str:
    """Without a path of this machine in it."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"gnomon failed at {Path(place.filename).name}:{place.lineno}: {type(error).__name__}: please report it."
