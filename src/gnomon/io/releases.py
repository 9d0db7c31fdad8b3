"""A project on the package indexes -> which releases there are, without downloading any."""

from msgspec import Struct
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from gnomon.core.errors import TargetError
from gnomon.io import politeness, pypi
from gnomon.io.offers import Candidate, candidates
from gnomon.io.offline import is_offline
from gnomon.io.transfer import Transfer


class Offered(Struct, frozen=True, kw_only=True):
    """A release that an index has."""

    version: Version
    yanked: bool
    """True if every file of it was withdrawn."""
    uploaded: str = ""
    """ISO 8601 day of its first file; "" if the index does not tell."""
    size: int = 0
    """Bytes of the file that would be downloaded; 0 if the index does not tell."""


def releases(project: str, *, patience_s: float = 0, recent: bool = False) -> tuple[Offered, ...]:
    """Every release of the project, oldest version first. Raises TargetError, or Unavailable.

    `patience_s`: how long to wait for a server that is busy; `recent`: an answer of this hour does.
    """
    if is_offline():
        raise TargetError(
            f"which releases {project} has can't be asked: GNOMON_OFFLINE is set.",
            remedy="name them as NAME==VERSION, or set GNOMON_OFFLINE=0",
        )
    settings = pypi.settings_here()
    place = settings.indexes[0] if settings.indexes else "local"
    with politeness.turn(place):
        transfer = Transfer(settings, patience_s)
        found = candidates(canonicalize_name(project), None, settings, transfer, recent=recent)
    by_version: dict[Version, list[Candidate]] = {}
    for each in found:
        by_version.setdefault(each.version, []).append(each)
    return tuple(_offered(version, by_version[version]) for version in sorted(by_version))


def allowed(offered: tuple[Offered, ...], specifier: SpecifierSet, newest: int | None = None) -> tuple[Offered, ...]:
    """Those that the specifier allows, at most the `newest` of them, oldest first.

    Withdrawn ones are not among them, and pre-releases only if the specifier names one or there is nothing else.
    """
    standing = {each.version: each for each in offered if not each.yanked}
    chosen = sorted(specifier.filter(standing))
    return tuple(standing[version] for version in (chosen[-newest:] if newest else chosen))


def _offered(version: Version, files: list[Candidate]) -> Offered:
    best = min(files, key=pypi.preference)
    return Offered(
        version=version,
        yanked=all(each.link.yanked for each in files),
        uploaded=min((each.link.uploaded for each in files if each.link.uploaded), default=""),
        size=best.link.size or 0,
    )
