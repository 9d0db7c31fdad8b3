"""A unit of a file and what is known of its state -> a sighting in one release."""

from gnomon.core.lineage import Copy
from gnomon.trace.attribution import of_unit
from gnomon.trace.copies import Place
from gnomon.trace.state import Judged
from gnomon.trace.strains import Release, Sighting
from gnomon.trace.units import Unit


def sighted(release: Release, place: Place, unit: Unit, known: Copy | Judged) -> Sighting:
    """The unit as it is in that release: as a copy of a signature, or in a state that something else has told."""
    copy = known if isinstance(known, Copy) else None
    return Sighting(
        release=release,
        path=place.path,
        unit=unit,
        state=known.state,
        reason=known.reason,
        attributions=tuple(of_unit(place.attributions, unit)),
        signature=copy.signature if copy else "",
        is_origin=copy is not None and copy.is_origin,
    )
