"""A requirement such as `vllm==0.6.6` -> the release's archive, downloaded from where pip would, never built or run.

`pip download` is not an option: it runs the build backend of a source release to learn its name.
"""

import hashlib
import os
from functools import cache
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from gnomon.core.errors import TargetError, Unavailable
from gnomon.io import downloads, politeness, traffic
from gnomon.io.limits import megabytes
from gnomon.io.offers import Candidate, candidates
from gnomon.io.offline import is_offline
from gnomon.io.pip_settings import PipSettings, pip_settings
from gnomon.io.simple_index import Link
from gnomon.io.transfer import NoAnswer, Transfer, shown

_PIECE = 1 << 18
_SETTINGS = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CONFIG_FILE")
_EXAMPLE = "gnomon scan pypi:vllm==0.6.6"


def settings_here() -> PipSettings:
    """Pip's settings, asked for once: pip takes half a second to answer. Raises TargetError."""
    return _settings(tuple(sorted(each for each in os.environ.items() if not each[0].startswith("GNOMON_"))))


@cache
def _settings(environment: tuple[tuple[str, str], ...]) -> PipSettings:
    return pip_settings(dict(environment))


class Release(Struct, frozen=True, kw_only=True):
    """A downloaded release."""

    name: str
    version: str
    filename: str
    sha256: str
    path: Path
    uploaded: str = ""
    """ISO 8601 day; "" if the index did not tell."""
    kept: tuple[str, downloads.Kept]
    """As what it is kept."""

    def done(self) -> None:
        """Removes the archive, if it was downloaded for one look, by this run or one that ended before it came here."""
        if self.kept[1].passing:
            downloads.drop(*self.kept)


class Wanted(Struct, frozen=True, kw_only=True):
    """What becomes of a download, and what it may take."""

    passing: bool = False
    """It is wanted for one look: `Release.done` removes it."""
    spare_bytes: int = 0
    """Of free space that it has to leave on the disk."""
    patience_s: float = 0
    """How long to wait for a server that is busy, and for room."""
    recent: bool = False
    """An index's page that was fetched within this hour does."""


def download(text: str, max_bytes: int, how: Wanted = Wanted()) -> Release:  # noqa: B008 (frozen)
    """The archive of the newest release that `text` allows. Raises TargetError, or Unavailable.

    What an index serves is only data here. 1. The requirement names a project, not an address. 2. What was
    downloaded before is used if its hash is still right. 3. The index's hash must match, when it gives one. 4. Files
    are kept under their hash, never under a name that somebody else chose. The caller must not run what it gets.
    """
    wanted = _requirement(text)  # 1
    if (exact := _exact(wanted)) and (found := downloads.kept(_slot(wanted, exact))):  # 2
        answer, path = found
        return _release(wanted, exact, answer, path)
    if is_offline():
        raise TargetError(
            f"pypi:{text} was not downloaded before, and GNOMON_OFFLINE is set.",
            remedy=f"GNOMON_OFFLINE=0 gnomon scan pypi:{text}",
        )
    settings = settings_here()
    transfer = Transfer(settings, how.patience_s)
    with politeness.turn(settings.indexes[0] if settings.indexes else "local"):
        chosen = _chosen(wanted, exact, settings, transfer, recent=how.recent)
        return _downloaded(wanted, chosen, transfer, max_bytes, how)


def _chosen(
    wanted: Requirement, exact: Version | None, settings: PipSettings, transfer: Transfer, *, recent: bool
) -> Candidate:
    name = canonicalize_name(wanted.name)
    try:
        return _choose(wanted, exact, candidates(name, exact, settings, transfer, recent=recent))
    except Unavailable:
        raise
    except TargetError:
        if not recent:
            raise
        return _choose(wanted, exact, candidates(name, exact, settings, transfer))


def _downloaded(wanted: Requirement, chosen: Candidate, transfer: Transfer, max_bytes: int, how: Wanted) -> Release:
    """Steps 3 and 4."""
    slot = _slot(wanted, chosen.version)
    with downloads.arriving() as (file, arrived):
        sha256 = _fetch(chosen.link, file, transfer, max_bytes, how)  # 3
        file.close()
        answer = downloads.Kept(
            filename=chosen.link.filename, sha256=sha256, uploaded=chosen.link.uploaded, passing=how.passing
        )
        path = downloads.keep(slot, answer, arrived)  # 4
    return _release(wanted, chosen.version, answer, path)


def _requirement(text: str) -> Requirement:
    try:
        wanted = Requirement(text.strip())
    except InvalidRequirement:
        wanted = None
    if wanted is None or wanted.url or wanted.marker:
        raise TargetError(f"pypi:{text} does not name a release.", remedy=_EXAMPLE)
    return wanted


def _exact(wanted: Requirement) -> Version | None:
    """The one version that the requirement allows, if it says so."""
    pins = [pin for pin in wanted.specifier if pin.operator in ("==", "===") and not pin.version.endswith(".*")]
    try:
        return Version(pins[0].version) if len(wanted.specifier) == len(pins) == 1 else None
    except InvalidVersion:
        raise TargetError(f"{pins[0].version} is not a version.", remedy=_EXAMPLE) from None


def _slot(wanted: Requirement, version: Version) -> str:
    """Name under which a release is kept: another index may have another release of that name."""
    place = "\0".join(os.environ.get(name, "") for name in _SETTINGS)
    return f"{canonicalize_name(wanted.name)}-{version}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def _release(wanted: Requirement, version: Version, answer: downloads.Kept, path: Path) -> Release:
    return Release(
        name=canonicalize_name(wanted.name),
        version=str(version),
        filename=answer.filename,
        sha256=answer.sha256,
        path=path,
        uploaded=answer.uploaded,
        kept=(_slot(wanted, version), answer),
    )


def _choose(wanted: Requirement, exact: Version | None, found: tuple[Candidate, ...]) -> Candidate:
    """The best file of the newest version allowed; a withdrawn one only if it was named (PEP 592)."""
    if not exact:
        standing = tuple(candidate for candidate in found if not candidate.link.yanked)
        if not standing:
            raise TargetError(
                f"every release of {wanted.name} was withdrawn.",
                remedy=f"name the one you mean: pypi:{wanted.name}=={max(candidate.version for candidate in found)}",
            )
        found = standing
    versions = sorted({candidate.version for candidate in found})
    allowed = (
        [version for version in versions if version == exact] if exact else list(wanted.specifier.filter(versions))
    )
    if not allowed:
        raise _no_such_version(wanted, exact, versions)
    files = [candidate for candidate in found if candidate.version == max(allowed)]
    return min(files, key=preference)


def preference(candidate: Candidate) -> tuple[int, int, str]:
    """The lowest of a version's files is the one that is downloaded."""
    return candidate.rank, candidate.link.size or 0, candidate.link.filename


def _no_such_version(wanted: Requirement, exact: Version | None, versions: list[Version]) -> TargetError:
    """Names the versions nearest to the one asked for."""
    at = sum(version < exact for version in versions) if exact else len(versions)
    near = ", ".join(map(str, versions[max(at - 2, 0) : at + 2]))
    best = versions[min(at, len(versions) - 1)]
    return TargetError(
        f"{wanted.name} has no release {wanted.specifier}; the nearest are {near}.",
        remedy=f"gnomon scan pypi:{wanted.name}=={best}",
    )


def _fetch(link: Link, file: IO[bytes], transfer: Transfer, max_bytes: int, how: Wanted) -> str:
    """The sha256 of what was downloaded to `file`. Raises TargetError if it is too large, torn or not as promised."""
    if link.size and link.size > max_bytes:
        raise _too_large(link, max_bytes)
    downloads.make_room(file, link.size or 0, how.spare_bytes, how.patience_s)
    try:
        sha256 = _copy(link, file, transfer, max_bytes, how.spare_bytes)
    except NoAnswer as error:
        raise Unavailable(
            f"{link.filename} can't be downloaded from {shown(link.url)}: {error}.", remedy="try again later"
        ) from None
    if link.sha256 and sha256 != link.sha256:
        raise Unavailable(
            f"{link.filename} is not what the index promises: its sha256 is {sha256}, not {link.sha256}.",
            remedy="try again; if it persists, don't trust that index",
        )
    return sha256


def _copy(link: Link, file: IO[bytes], transfer: Transfer, max_bytes: int, spare_bytes: int) -> str:
    digest, size, looked = hashlib.sha256(), 0, 0
    source, expected = _opened(link, transfer)
    with source:
        while piece := _piece(source):
            size += len(piece)
            if size > max_bytes:
                raise _too_large(link, max_bytes)
            if not link.size and size - looked > downloads.PIECE:
                looked = size
                downloads.make_room(file, 0, spare_bytes, 0)
            digest.update(piece)
            file.write(piece)
            traffic.arrived(len(piece))
    file.truncate(size)
    if expected is not None and size != expected:
        raise NoAnswer(f"it ended after {size:,} of {expected:,} bytes")
    return digest.hexdigest()


def _opened(link: Link, transfer: Transfer) -> tuple[BinaryIO | HTTPResponse, int | None]:
    """The link's content and how many bytes were promised. Raises NoAnswer."""
    if link.url.startswith("file:"):
        try:
            return Path(url2pathname(urlsplit(link.url).path)).open("rb"), None
        except OSError as error:
            raise NoAnswer(error.strerror or type(error).__name__) from None
    answer = transfer.open(link.url)
    length = answer.headers.get("Content-Length", "")
    return answer, int(length) if length.isdecimal() else None


def _piece(source: BinaryIO | HTTPResponse) -> bytes:
    try:
        return source.read(_PIECE)
    except (OSError, HTTPException) as error:
        raise NoAnswer(str(error) or type(error).__name__) from None


def _too_large(link: Link, max_bytes: int) -> TargetError:
    return TargetError(
        f"{link.filename} is larger than the limit of {megabytes(max_bytes)} for a download.",
        remedy="download it with `pip download --no-deps --only-binary :all:` and scan the file",
    )
