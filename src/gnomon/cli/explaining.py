"""What can be explained, by name: rules, advisories and their aliases, and kinds of incomplete fixes."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.core.errors import GnomonError
from gnomon.core.incomplete import MEANING
from gnomon.core.rule import Rule
from gnomon.render import explanation
from gnomon.render.page import Style

if TYPE_CHECKING:
    from gnomon.core.advisory import Advisory

_NUMBER = re.compile(r"(?:cve|ghsa|pysec|osv)-")


class Explained(Struct, frozen=True):
    """What a name stands for: its id, its title and its page."""

    id: str
    title: str
    text: str


def explained(name: str, rules: Sequence[Rule], style: Style) -> Explained:
    """What has that name, in upper or lower case. Raises GnomonError, with the nearest name there is."""
    wanted = name.strip().lower()
    rule = next((each for each in rules if each.id == wanted), None)
    if rule is not None:
        return Explained(rule.id, rule.title, explanation.render(rule, style))
    from gnomon.render import advisory_page

    kind = next((each for each in MEANING if each == wanted), None)
    if kind is not None:
        return Explained(kind, MEANING[kind], advisory_page.render_incomplete(kind, style))
    from gnomon.knowledge import advisories

    known = advisories.load().advisories
    found = next((each for each in known if wanted in {one.lower() for one in each.ids}), None)
    if found is not None:
        return Explained(found.id, found.title, advisory_page.render(found, style))
    raise _unknown(name, rules, known)


def _unknown(name: str, rules: Sequence[Rule], known: "Sequence[Advisory]") -> GnomonError:
    """Numbers that differ by a digit are other flaws: so several are named, and none is called meant."""
    wanted = name.lower()
    if _NUMBER.match(wanted):
        ids = {each.lower(): each for advisory in known for each in advisory.ids}
        near = [ids[each] for each in get_close_matches(wanted, ids, n=3, cutoff=0.8)]
        said = f" The nearest that it knows: {', '.join(near)}." if near else ""
        remedy = "gnomon audit --online, which asks the OSV service about what is installed"
        return GnomonError(f"gnomon's own advisories have no {name!r}.{said}", remedy=remedy)
    names = [*(rule.id for rule in rules), *MEANING, *(advisory.id for advisory in known)]
    near = [each for each in names if each.lower().startswith(wanted)] or get_close_matches(wanted, names, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return GnomonError(
        f"there is no rule, advisory or kind of incomplete fix {name!r}.{meant}",
        remedy=f"gnomon explain {near[0]}" if near else "gnomon explain, which lists the rules",
    )
