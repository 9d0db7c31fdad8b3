"""What can be done about a target's findings: look, ask the recipes, rewrite, scan again, and keep what holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from gnomon import __version__
from gnomon.cli.scanning import Question, results_on, selected
from gnomon.core.channel import Channel
from gnomon.core.finding import Finding, Report, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.patch import Offer, Patch
from gnomon.core.severity import Severity
from gnomon.core.tree import DeploymentFile, SourceFile, Tree
from gnomon.fix.modules import roots
from gnomon.fix.offers import Wanted, offers
from gnomon.fix.proof import NARROWING, shortfalls
from gnomon.fix.protocol import Refused, Rewritten, merged
from gnomon.fix.sources import Sources
from gnomon.io.rewriter import rewrite
from gnomon.render.fix_outcome import FileChange, Tried

if TYPE_CHECKING:
    from gnomon.cli.policy import Policy

_Results = tuple[Finding | Skipped, ...]


class Looked(Struct, frozen=True, kw_only=True):
    """A target as it is."""

    tree: Tree
    found: _Results
    """Everything, whatever is asked for."""
    report: Report


class Bench:
    """One target on which changes are tried: everything but its files stays the same."""

    def __init__(self, name: str, question: Question, known: Knowledge, policy: "Policy") -> None:
        self._name = name
        self._question = question
        self._known = known
        self._policy = policy

    def read(self) -> Looked:
        """The target on the disk. Raises TargetError."""
        from gnomon.io.targets import read

        return self.look(read(self._name))

    def look(self, whole: Tree) -> Looked:
        """A tree, scanned as `gnomon scan` does."""
        tree, remarks = self._policy.narrowed(whole, self._name)
        found = results_on(tree, self._known, self._question)
        suppressions = self._policy.suppressions(tree, self._name, found, self._known)
        picked = selected(found, self._question, self._known)
        shown, suppressed = suppressions.split(picked.findings)
        report = Report(
            target=tree.target,
            findings=self._policy.lowered(shown),
            suppressed=picked.suppressed + suppressed,
            skipped=tree.skipped + picked.skipped,
            excluded=tree.excluded,
            remarks=remarks,
            files=len(tree.contents),
            lines=sum(data.count(b"\n") for data in tree.contents),
            digest=tree.digest,
            tool_version=__version__,
            knowledge_version=self._known.version,
            hidden=picked.hidden,
        )
        return Looked(tree=tree, found=found, report=report)

    def channels(self, looked: Looked, *, holdings: bool = False) -> tuple[Channel, ...]:
        """Both ends of what the findings' bytes come through; none if the code is nested too deeply to follow it."""
        from gnomon.scan.ends import channels

        findings = [result for result in looked.found if isinstance(result, Finding)]
        try:
            return channels(looked.tree, self._known, findings, holdings=holdings)
        except RecursionError:
            return ()

    def offers(self, looked: Looked, findings: Sequence[Finding], wanted: Wanted) -> tuple[Offer, ...]:
        """What the recipes offer."""
        if not findings:
            return ()
        listed = wanted.style == "restrict" and wanted.learned is None
        return offers(findings, self.channels(looked, holdings=listed), Sources(looked.tree), wanted)


class Trials:
    """Offers applied to the tree in memory, and the tree scanned again: what does not hold is not offered."""

    def __init__(self, bench: Bench, looked: Looked) -> None:
        self._bench = bench
        self._looked = looked
        self._files = {file.path: file.data for file in looked.tree.everything}
        self._own = roots(Sources(looked.tree))
        self._results: dict[Patch, Rewritten | Refused] = {}
        self._scans: dict[tuple[tuple[str, bytes], ...], Looked] = {}

    def proven(self, made: Sequence[Offer]) -> tuple[Offer, ...]:
        """The same offers, those impossible that can't be applied, or after which their findings are still there."""
        judged = dict(zip(made, self._rewritten([[offer] for offer in made]), strict=True))
        known = {
            offer: _impossible(offer, (result.reason,))
            for offer, result in judged.items()
            if isinstance(result, Refused) and offer.standing != "impossible"
        }
        for layer in _layers(offer for offer in made if offer not in known and offer.standing != "impossible"):
            if self.shortfalls(layer):
                for offer in layer:
                    why = self.shortfalls([offer])
                    if why:
                        known[offer] = _impossible(offer, why)
        return tuple(known.get(offer, offer) for offer in made)

    def shortfalls(self, chosen: Sequence[Offer]) -> tuple[str, ...]:
        """Why the offers, applied together, don't hold; empty if they do."""
        [result] = self._rewritten([chosen])
        if isinstance(result, Refused):
            return (result.reason,)
        return shortfalls(chosen, _shown(self._looked), _shown(self.looked_after(result)))

    def together(self, chosen: Sequence[Offer]) -> tuple[tuple[Offer, ...], Rewritten]:
        """As many of the offers as can be applied together and hold, in their order, and what they make."""
        kept: list[Offer] = list(chosen)
        if kept and self.shortfalls(kept):
            kept = []
            for offer in chosen:
                if not self.shortfalls([*kept, offer]):
                    kept.append(offer)
        [result] = self._rewritten([kept])
        return tuple(kept), result if isinstance(result, Rewritten) else Rewritten(files={})

    def tried(self, made: Iterable[Offer], chosen: Sequence[Offer]) -> tuple[Tried, ...]:
        """The offers, each with what it makes by itself."""
        every = tuple(made)
        results = self._rewritten([[offer] for offer in every])
        return tuple(
            Tried(offer=offer, changes=self.changes(result), chosen=offer in chosen)
            for offer, result in zip(every, results, strict=True)
        )

    def changes(self, result: Rewritten | Refused) -> tuple[FileChange, ...]:
        """What differs, in path order."""
        if isinstance(result, Refused):
            return ()
        changed = ((path, self._files.get(path), data) for path, data in sorted(result.files.items()))
        return tuple(FileChange(path=path, before=old, after=new) for path, old, new in changed if old != new)

    def looked_after(self, result: Rewritten) -> Looked:
        """The tree with what was rewritten, scanned."""
        key = tuple(sorted(result.files.items()))
        if key not in self._scans:
            self._scans[key] = self._bench.look(_with(self._looked.tree, result.files))
        return self._scans[key]

    def _rewritten(self, groups: Sequence[Sequence[Offer]]) -> tuple[Rewritten | Refused, ...]:
        patches = [merged(_whole(offer) for offer in group) for group in groups]
        new = list(dict.fromkeys(patch for patch in patches if patch not in self._results))
        self._results.update(zip(new, rewrite(self._files, new, self._own), strict=True))
        return tuple(self._results[patch] for patch in patches)


def _whole(offer: Offer) -> Patch:
    """The patch with its tests."""
    return replace(offer.patch, sections=(*offer.patch.sections, *offer.tests))


def _impossible(offer: Offer, why: tuple[str, ...]) -> Offer:
    return replace(offer, standing="impossible", why=why, patch=Patch(), tests=(), afterwards=())


def _layers(possible: Iterable[Offer]) -> list[list[Offer]]:
    """The offers in groups, of which none has two for one finding: the first for each, the second, and so on."""
    layers: list[list[Offer]] = []
    taken: list[set[Finding]] = []
    for offer in possible:
        at = next((n for n, there in enumerate(taken) if not there & set(offer.findings)), len(layers))
        if at == len(layers):
            layers.append([])
            taken.append(set())
        layers[at].append(offer)
        taken[at] |= set(offer.findings)
    return layers


def chosen_of(proven: Iterable[Offer], *, unsafe: bool, narrow: bool = False) -> list[Offer]:
    """What --write applies: the automatic offers, with `unsafe` the suggested, too; one for a finding, the first.

    `narrow` takes those that narrow an address as well, beside what removes the finding.
    """
    standings = ("automatic", "suggested") if unsafe else ("automatic",)
    possible = [offer for offer in proven if offer.standing in standings]
    layers = _layers(possible)
    narrowing = [offer for offer in possible if offer.recipe in NARROWING] if narrow else []
    first = layers[0] if layers else []
    return [*first, *(offer for offer in narrowing if offer not in first)]


def _shown(looked: Looked) -> tuple[Finding | Skipped, ...]:
    return (*looked.report.findings, *looked.report.skipped)


def _with(tree: Tree, changed: Mapping[str, bytes]) -> Tree:
    """The tree with files changed, and new ones in their places."""
    deployments = {file.path for file in tree.deployments}
    files = {file.path: file.data for file in tree.files} | {
        path: data for path, data in changed.items() if path not in deployments
    }
    return replace(
        tree,
        files=tuple(SourceFile(path=path, data=files[path]) for path in sorted(files)),
        deployments=tuple(
            DeploymentFile(path=file.path, data=changed.get(file.path, file.data)) for file in tree.deployments
        ),
    )


def red(report: Report) -> tuple[Finding, ...]:
    """The findings that are more than notes."""
    return tuple(finding for finding in report.findings if finding.severity is not Severity.NOTE)
