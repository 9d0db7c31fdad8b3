"""The answer on one target: what it holds, what is known of that, and what its files say."""

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from gnomon.audit.evidence import Holding, Reading, Seen, is_load_alone
from gnomon.audit.inventory import Inventory
from gnomon.audit.remedy import remedy
from gnomon.audit.verdicts import Known, Match, copied, verdict, worst_first
from gnomon.core.advisory import Advisories, Advisory, AffectedPackage
from gnomon.core.audit import Audited, DataSource, Verdict
from gnomon.core.errors import TargetError
from gnomon.core.finding import Finding, Remark, Skipped
from gnomon.core.package import Package
from gnomon.core.tree import Tree
from gnomon.io.inventories import read_inventory
from gnomon.knowledge import advisories

DUMP_DAYS = 30
"""From this age on an imported dump is too old to rely on, if nothing else is said."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked about a target."""

    evidence: bool = True
    """Look into the files, where there are any."""
    scan: bool = True
    """Ask scan about these files too: who can reach the flawed code, and whether it moved."""
    copies: bool = False
    """Look into packages that nothing is known of, too: for copies of flawed code."""
    online: bool = False
    max_age_days: int | None = None
    """None: what comes with gnomon is never too old, an imported dump is after DUMP_DAYS."""
    workers: int | None = None
    cache: bool = True
    imported: bool = True
    """Ask what was imported on this machine (`gnomon db import`), too."""
    today: date | None
    """None: the age of what is known is not told, so that the answer is the same on any day."""


def audited(name: str, question: Question) -> Audited:
    """The answer. Raises TargetError, KnowledgeError."""
    return audited_inventory(read_inventory(name), question)


def audited_inventory(
    inventory: Inventory, question: Question, found: Sequence[Finding | Skipped] | None = None
) -> Audited:
    """The same of an inventory that is read; `found` is what scan answers on its one tree. Raises KnowledgeError."""
    sets, skipped = _sets(inventory, question)
    known = Known([advisory for each in sets for advisory in each.advisories])
    looking = _Looking(inventory, question, found)
    verdicts: list[Verdict] = []
    for package in inventory.packages:
        matches = known.about(package)
        of_it = [verdict(package, match, looking.seen(package, match)) for match in matches]
        verdicts += [replace(each, remedy=remedy(each, matches, of_it)) for each in of_it]
        verdicts += looking.copies(package, known, matches)
    sources = tuple(_source(each, question) for each in sets)
    stale = tuple(Skipped(path=source.name, reason=source.stale) for source in sources if source.stale)
    return Audited(
        target=inventory.target,
        kind=inventory.kind,
        packages=inventory.packages,
        verdicts=worst_first(verdicts),
        clear=sum(each.status == "clear" for each in verdicts),
        sources=sources,
        skipped=(*inventory.skipped, *skipped, *looking.skipped, *stale, *_undecided(verdicts)),
        remarks=(*inventory.remarks, *looking.remarks),
        files=looking.files,
        digest=inventory.digest,
    )


def _sets(inventory: Inventory, question: Question) -> tuple[list[Advisories], tuple[Skipped, ...]]:
    """Everything that is known of the packages; what failed is told beside it."""
    found = [advisories.load()]
    skipped: tuple[Skipped, ...] = ()
    if question.imported:
        from gnomon.io import osv_dump

        try:
            dump = osv_dump.imported(package.purl.package for package in inventory.packages)
        except TargetError as error:
            skipped = (Skipped(path=str(osv_dump.place()), reason=error.problem),)
        else:
            found += [] if dump is None else [dump]
    if question.online:
        from gnomon.io.osv_online import looked_up  # here, since it needs what talks HTTP

        answer, failed = looked_up(inventory.packages, question.today.isoformat() if question.today else "")
        found.append(answer)
        skipped += failed
    return found, skipped


def _source(known: Advisories, question: Question) -> DataSource:
    try:
        age = (question.today - date.fromisoformat(known.date)).days if question.today else None
    except ValueError:
        age = None
    limit = question.max_age_days
    if limit is None and known.name.startswith("OSV dump"):
        limit = DUMP_DAYS
    stale = ""
    if limit is not None and (age is None or age > limit):
        old = "of unknown age" if age is None else f"{age} days old"
        stale = f"its newest record is {old}, older than the {limit} days that are allowed: {_renewal(known)}"
    return DataSource(
        name=known.name,
        records=len(known.advisories),
        version=known.version,
        date=known.date,
        age_days=age,
        stale=stale,
    )


def _renewal(known: Advisories) -> str:
    return "gnomon db import all.zip with a new dump" if known.name.startswith("OSV") else "update gnomon"


def _undecided(verdicts: Sequence[Verdict]) -> tuple[Skipped, ...]:
    """What nobody can tell is not clean: one entry a package."""
    reasons: dict[tuple[str, str], list[Verdict]] = {}
    for each in verdicts:
        if each.status == "unknown":
            reasons.setdefault((each.package.where, each.package.label), []).append(each)
    return tuple(
        Skipped(path=where, reason=f"{label}: {_ids(each)}: {each[0].reason}")
        for (where, label), each in reasons.items()
    )


def _ids(verdicts: Sequence[Verdict]) -> str:
    ids = [each.advisory.id for each in verdicts]
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


class _Looking:
    """Looks into files, those of each package once, and only of packages that something is known of."""

    def __init__(
        self, inventory: Inventory, question: Question, found: Sequence[Finding | Skipped] | None = None
    ) -> None:
        self._inventory = inventory
        self._question = question
        self._found = found
        self._readings: dict[str, Reading] = {}
        self.skipped: list[Skipped] = []
        self.remarks: list[Remark] = []
        self.files = 0

    def seen(self, package: Package, match: Match) -> Seen:
        """What the package's files say of the flaw."""
        if not self._question.evidence:
            return _not_looked("it was not asked for (--no-evidence)")
        holder = self._holder(package, match.entry)
        if holder is None:
            return _not_looked(f"{match.entry.code_in.rpartition('/')[2]}, which holds the code, is not here")
        if not holder.files or self._inventory.holding is None:
            return _not_looked(holder.why_no_files or "there are no files to look at")
        if not _names_code(match.advisory):
            return _not_looked("the advisory names no code to look for")
        return self._reading(holder, self._inventory.holding).seen(match.advisory)

    def copies(self, package: Package, known: Known, matches: Sequence[Match]) -> list[Verdict]:
        """Flawed code of others, where that is asked for, and the package has none of its own that is known."""
        asked = self._question.copies and self._question.evidence
        if matches or not asked or not package.files or self._inventory.holding is None:
            return []
        found: dict[str, Verdict] = {}
        for identity, seen in self._reading(package, self._inventory.holding).copies():
            advisory = known.named(identity)
            if advisory is not None and is_load_alone(advisory):
                found.setdefault(advisory.id, copied(package, advisory, seen))
        return list(found.values())

    def _holder(self, package: Package, entry: AffectedPackage) -> Package | None:
        if not entry.code_in:
            return package
        return next((each for each in self._inventory.packages if each.purl.package == entry.code_in), None)

    def _reading(self, package: Package, holding: Callable[[Package], Holding]) -> Reading:
        if package.files not in self._readings:
            held = holding(package)
            self.files += len(held.tree.files)
            self.skipped += held.tree.skipped
            self._note_changes(package, held)
            self._readings[package.files] = Reading(held, self._findings(held))
        return self._readings[package.files]

    def _findings(self, held: Holding) -> tuple[Finding, ...]:
        if not self._question.scan or not held.tree.files:
            return ()
        found = self._scanned(held.tree) if self._found is None else self._found
        self.skipped += (each for each in found if isinstance(each, Skipped))
        return tuple(each for each in found if isinstance(each, Finding))

    def _scanned(self, tree: Tree) -> tuple[Finding | Skipped, ...]:
        from gnomon.cli.scanning import recognition
        from gnomon.io.results import results
        from gnomon.io.workers import processors, spread
        from gnomon.knowledge.load import load

        workers = spread(self._question.workers or processors())
        return results(tree, load(), workers, recognition(), keep=self._question.cache)

    def _note_changes(self, package: Package, held: Holding) -> None:
        """Files that are no longer what was installed."""
        from hashlib import sha256

        changed = [
            file.path
            for file in held.tree.files
            if (recorded := held.recorded.get(file.path)) and sha256(file.data).hexdigest() != recorded
        ]
        if changed:
            more = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
            self.remarks.append(
                Remark(
                    path=changed[0],
                    note=f"changed since {package.label} was installed{more}; what lies there was looked at",
                )
            )


def _not_looked(reason: str) -> Seen:
    return Seen(code="not-looked-at", reason=reason)


def _names_code(advisory: Advisory) -> bool:
    return bool(advisory.code or advisory.signatures)
