"""`--since`: what is known from the commit that a change began at, found out only if there is something to compare."""

from collections.abc import Sequence

from gnomon.core.baseline import Known, baseline_of
from gnomon.core.errors import TargetError
from gnomon.core.finding import Finding, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.tree import Tree


class Since:
    """One target's base."""

    def __init__(self, target: str, revision: str) -> None:
        """Raises TargetError if there is no such base."""
        from gnomon.io import git_since

        self._base = git_since.base_of(target, revision)
        self._known: Known | None = None
        self.commit = self._base.commit
        self.skipped: tuple[Skipped, ...] = ()
        """What could not be read or analysed of the base, unless it can't be in the target either."""

    def side(self, tree: Tree) -> Tree:
        """The part of the target that can be in a change."""
        from gnomon.io import git_since

        return git_since.without_ignored(self._base, tree)

    def known(self, changed: Tree, results: Sequence[Finding | Skipped], knowledge: Knowledge) -> Known:
        """The findings of the base. `results` are those of the target, which has them all if nothing differs."""
        from gnomon.io import git_since

        place = f"at {self._base.short}"
        try:
            before = git_since.read_base(self._base, changed)
        except TargetError as error:
            self.skipped = (Skipped(path=".", reason=error.problem),)
            before = Tree(target=changed.target, files=())
        found = results if before.files == changed.files else base_results(before, knowledge)
        told = {entry.path for entry in (*changed.skipped, *results) if isinstance(entry, Skipped)}
        missing = (*before.skipped, *(entry for entry in found if isinstance(entry, Skipped)))
        self.skipped += tuple(
            Skipped(path=entry.path, reason=f"{place}: {entry.reason}") for entry in missing if entry.path not in told
        )
        self._known = Known(
            baseline_of(place, ((entry.fingerprint, entry.severity) for entry in found if isinstance(entry, Finding)))
        )
        return self._known

    @property
    def removed(self) -> int:
        """How many of the base's findings the target has no more; 0 if the base was not asked."""
        return self._known.gone if self._known else 0


def base_results(tree: Tree, knowledge: Knowledge) -> tuple[Finding | Skipped, ...]:
    """What a scan of the base answers."""
    from gnomon.scan.detect import findings

    return tuple(findings(tree, knowledge))
