"""A lineage as it was before it was written as JSON."""

import msgspec

from gnomon.core.lineage import Lineage
from gnomon.render.trace_json import JsonLineage


def lineage_of(document: JsonLineage) -> Lineage:
    """The lineage; raises msgspec.ValidationError for a word that is on none of its lists (see `terms`)."""
    return msgspec.convert(_filled(msgspec.to_builtins(document)), Lineage)


def _filled(value: object) -> object:
    """What JSON has as null is empty text in a lineage."""
    match value:
        case None:
            return ""
        case list() | tuple():
            return [_filled(each) for each in value]
        case dict():
            return {name: _filled(each) for name, each in value.items()}
    return value
