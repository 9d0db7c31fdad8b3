"""The rules that a user names, found by id."""

from collections.abc import Sequence

from gnomon.core.errors import GnomonError
from gnomon.core.rule import Rule


def named(name: str, rules: Sequence[Rule]) -> Rule:
    """The rule with that id, or GnomonError with the ids there are and the one that was probably meant."""
    by_id = {rule.id: rule for rule in rules}
    if name in by_id:
        return by_id[name]
    from difflib import get_close_matches

    near = get_close_matches(name, by_id, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise GnomonError(f"there is no rule {name!r}.{meant}", remedy=f"one of {', '.join(sorted(by_id))}")
