"""`--since`: what is known from the commit that a change began at."""

from collections.abc import Callable

from msgspec import Struct

from gnomon.core.baseline import Known, baseline_of
from gnomon.core.errors import TargetError
from gnomon.core.finding import Finding, Skipped
from gnomon.core.tree import Tree
from gnomon.io.git_since import Base, read_base


class Before(Struct, frozen=True, kw_only=True):
    """What a scan of the base answers."""

    known: tuple[Known, ...] = ()
    """The base's findings as a baseline; none if the base was not needed."""
    results: tuple[Finding | Skipped, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """What could not be read or analysed of the base, unless the target lacks it too."""


def before(
    base: Base,
    changed: Tree,
    results: tuple[Finding | Skipped, ...],
    narrowed: Callable[[Tree], Tree],
    ask: Callable[[Tree], tuple[Finding | Skipped, ...]],
) -> Before:
    """What was there before the target became as it is. `results` are the target's, and the base's if none differs.

    `narrowed` leaves out of the base what was left out of the target, and `ask` scans it.
    """
    place = f"at {base.short}"
    try:
        tree = narrowed(read_base(base, changed))
    except TargetError as error:
        return Before(skipped=(Skipped(path=".", reason=error.problem),))
    same = (tree.files, tree.deployments) == (changed.files, changed.deployments)
    found = results if same else ask(tree)
    told = {entry.path for entry in (*changed.skipped, *results) if isinstance(entry, Skipped)}
    missing = (*tree.skipped, *(entry for entry in found if isinstance(entry, Skipped)))
    known = ((entry.fingerprint, entry.severity) for entry in found if isinstance(entry, Finding))
    return Before(
        known=(Known(baseline_of(place, known)),),
        results=found,
        skipped=tuple(
            Skipped(path=entry.path, reason=f"{place}: {entry.reason}") for entry in missing if entry.path not in told
        ),
    )
