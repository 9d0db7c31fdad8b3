"""Which of the images in a store is meant: by name, by digest, or by the platform of this machine."""

import platform
import shlex
from collections.abc import Iterable, Sequence

from msgspec import Struct

from gnomon.core.errors import TargetError

_MACHINES = {
    "x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "armv7l": "arm", "i686": "386",
}  # fmt: skip
_LISTED = 8
_SHORTEST_DIGEST = 12


class Candidate(Struct, frozen=True):
    """An image in a store."""

    digest: str
    """Of its manifest, or of its configuration in what `docker save` wrote."""
    names: tuple[str, ...] = ()
    platform: str = ""

    def __str__(self) -> str:
        """As it can be asked for."""
        name = self.names[0] if self.names else self.digest[: len("sha256:") + _SHORTEST_DIGEST]
        return f"{name} ({self.platform})" if self.platform else name


def choose(candidates: Sequence[Candidate], wanted: str, path: str) -> Candidate:
    """The image that `wanted` names; if "", the only one, or its build for this machine. Raises TargetError."""
    left = [image for image in _merged(candidates) if not wanted or _is_meant(image, wanted)]
    if not left:
        raise TargetError(f"there is no image {wanted} in {path}.", remedy=f"name one of {_list(_merged(candidates))}")
    if len({image.names for image in left}) == 1:
        left = _of_this_machine(left)
    if len(left) > 1:
        choice = left[0].names[0] if left[0].names and not wanted else left[0].digest
        raise TargetError(
            f"there are {len(left)} images in {path}: {_list(left)}.",
            remedy=f"gnomon scan {shlex.quote(f'{path}:{choice}')}",
        )
    return left[0]


def _of_this_machine(images: list[Candidate]) -> list[Candidate]:
    machine = platform.machine().lower()
    for arch in (_MACHINES.get(machine, machine), "amd64"):
        fit = [image for image in images if image.platform.split("/")[:2] == ["linux", arch]]
        if fit:
            return fit
    return images


def _merged(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a digest, with all names it goes by."""
    found: dict[str, Candidate] = {}
    for image in candidates:
        known = found.get(image.digest, image)
        found[image.digest] = Candidate(
            image.digest, tuple(dict.fromkeys(known.names + image.names)), known.platform or image.platform
        )
    return list(found.values())


def _is_meant(image: Candidate, wanted: str) -> bool:
    if any(name == wanted or name.endswith((f"/{wanted}", f":{wanted}")) for name in image.names):
        return True
    bare = image.digest.partition(":")[2]
    if len(wanted.removeprefix("sha256:")) >= _SHORTEST_DIGEST and bare.startswith(wanted.removeprefix("sha256:")):
        return True
    return image.platform == wanted or image.platform.startswith(f"{wanted}/")


def _list(images: Sequence[Candidate]) -> str:
    more = f" and {len(images) - _LISTED:,} more" if len(images) > _LISTED else ""
    return ", ".join(str(image) for image in images[:_LISTED]) + more
