"""A function that is compared with those of all other releases: one that holds a sink, or any."""

from msgspec import Struct

from gnomon.trace.strains import Release, Sighting
from gnomon.trace.units import Unit


class Held(Struct, frozen=True, kw_only=True):
    """A function of a release."""

    path: str
    """Without the folder that a source release lies in, as paths of sightings are."""
    unit: Unit
    sighting: Sighting | None = None
    """If it is flawed or was: what trace says of it."""
    severity: str = ""
    """Of the worst finding in it; "" if scan reports none."""
    reach: str = ""
    """Of that finding's endpoint, as in `core/endpoint.py`."""
    authentication: str = ""
    effective: bool = False
    fingerprint: str = ""
    """Of that finding."""


class Part(Struct, frozen=True, kw_only=True):
    """What one release adds to the comparison."""

    release: Release
    held: tuple[Held, ...]
