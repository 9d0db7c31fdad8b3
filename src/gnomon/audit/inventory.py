"""What a target holds: packages, each once, and how to get at their files."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from gnomon.audit.evidence import Holding
from gnomon.core.finding import Remark, Skipped
from gnomon.core.package import Package

MAX_PACKAGES = 100_000
"""Of one target; a large distribution's bill of materials has some thousand."""


class Inventory(Struct, frozen=True, kw_only=True):
    """The packages of a target."""

    target: str
    kind: str
    """`environment`, `requirements`, `CycloneDX 1.6` …"""
    packages: tuple[Package, ...]
    """By name, then version, then place."""
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()
    digest: str = ""
    holding: Callable[[Package], Holding] | None = None
    """Files of a package that has some; None if the target has no files."""


def once(packages: Iterable[Package]) -> tuple[Package, ...]:
    """Each package once a place, in order."""
    first: dict[tuple[object, ...], Package] = {}
    for each in packages:
        first.setdefault((each.purl, each.where, each.allows, each.files), each)
    return tuple(sorted(first.values(), key=_order))


def _order(package: Package) -> tuple[str, str, str, str]:
    return package.name, package.version, package.where, package.files
