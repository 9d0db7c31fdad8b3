"""What a run honours: which configuration, and whose suppressions; the scanned tree itself has no say.

1. A configuration inside of a target is part of what is scanned: without --trust-config it is not applied, only told.
   The same file is applied when it lies outside of every target, or when the user names it with --config.
2. Markers of our own are honoured in what belongs to the working folder, elsewhere only with --trust-config.
3. Other scanners' markers are honoured only with --trust-config: they were written with other rules in mind.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from gnomon.core.configuration import Configuration
from gnomon.core.errors import NothingToScan
from gnomon.core.finding import Finding, Remark, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.select import urgency
from gnomon.core.suppression import Entries, Suppressions
from gnomon.core.tree import Tree
from gnomon.io import configuration, places


class Policy:
    """The configuration and the trust of one run, on however many targets."""

    def __init__(
        self,
        located: configuration.Located | None,
        remarks: tuple[Remark, ...],
        *,
        trust: bool,
        today: date,
        strangers: bool = False,
    ) -> None:
        """`located`: the configuration to honour. `strangers`: no target is the user's own, wherever it lies.

        Raises ConfigurationError.
        """
        self._strangers = strangers
        self._located = located
        self._trust = trust
        self._today = today
        self.settings = configuration.configuration(located) if located else Configuration()
        self.remarks = remarks
        """What was not honoured, and why."""
        self.origin = located.name if located else ""
        """The configuration file as it is shown; "" without."""
        self.entries = Entries(self.settings.suppress, origin=self.origin, today=today)

    def knowledge(self) -> Knowledge:
        """The rules and models that come with gnomon, and those of the configuration.

        Raises ConfigurationError, also if the configuration names a rule that there is not, and KnowledgeError.
        """
        from gnomon.knowledge.load import load

        if self._located is None:
            return load()
        folder = configuration.models_folder(self._located, self.settings)
        known = load((folder,) if folder else ())
        configuration.check_rules(self._located, self.settings, [rule.id for rule in known.rules])
        return known

    def narrowed(self, tree: Tree, target: str) -> tuple[Tree, tuple[Remark, ...]]:
        """The tree without what the configuration excludes, and how much that is. Raises NothingToScan."""
        from gnomon.core.exclude import without

        rest, counts = without(tree, self.settings.exclude, self._prefix(target))
        if counts and not rest.contents and not rest.skipped:
            raise NothingToScan(f"every file of {target} is excluded by {self.origin}.", remedy="add --no-config")
        return rest, tuple(self._told(counts))

    def suppressions(
        self, tree: Tree, target: str, results: Iterable[Finding | Skipped], known: Knowledge
    ) -> Suppressions:
        """What suppresses findings of the tree."""
        from gnomon.python.marks import marks

        found = [result for result in results if isinstance(result, Finding)]
        own = self._trust or (not self._strangers and not tree.digest and places.is_own(target))
        flagged: dict[str, set[int]] = {}
        for finding in found:
            flagged.setdefault(finding.site.path, set()).add(finding.site.line)
        prefix = self._prefix(target)
        self.entries.meet(prefix + file.path for file in tree.everything)
        suppressions = Suppressions(
            marks(tree.files, flagged, everywhere=own, foreign=self._trust),
            rules=frozenset(rule.id for rule in known.rules),
            today=self._today,
            own=own,
            foreign=self._trust,
            entries=self.entries,
            prefix=prefix,
        )
        suppressions.split(found)  # also what thresholds hide has use for a marker
        return suppressions

    def lowered(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings, milder in trusted networks, in order. After the thresholds: what is lowered is still shown."""
        if not self.settings.trusted_networks:
            return tuple(findings)
        from gnomon.core.trusted import lowered, networks

        trusted = networks(self.settings.trusted_networks)
        return tuple(sorted((lowered(each, trusted, self.origin) for each in findings), key=urgency))

    def _prefix(self, target: str) -> str:
        return places.prefix_of(target, self._located.folder) if self._located else ""

    def _told(self, counts: Mapping[str, int]) -> Iterable[Remark]:
        for pattern, count in counts.items():
            files = "1 file" if count == 1 else f"{count:,} files"
            yield Remark(path=self.origin, note=f"exclude = {pattern!r} left {files} out")


def today() -> date:
    """The day on which this run is made, where it is made: everything below is told it."""
    return datetime.now().astimezone().date()


def policy(
    targets: Sequence[str], *, config: str | None = None, no_config: bool = False, trust: bool = False, today: date
) -> Policy:
    """The policy of a run over the targets. Raises ConfigurationError for what is honoured and wrong."""
    if config is not None:
        return Policy(configuration.named(config), (), trust=trust, today=today)
    located = None if no_config else configuration.find()
    if located is None or trust or not any(places.holds(target, located.path) for target in targets):
        return Policy(located, (), trust=trust, today=today)
    return Policy(None, (_not_honoured(located),), trust=trust, today=today)


def _not_honoured(located: configuration.Located) -> Remark:
    why = "not honoured, since it is part of what is scanned; --trust-config honours it"
    if located.table is None:
        return Remark(path=located.name, note=f"it {located.problem}, and is {why}")
    keys = ", ".join(configuration.keys(located))
    return Remark(path=located.name, note=f"[tool.gnomon]{f' ({keys})' if keys else ''} is {why}")
