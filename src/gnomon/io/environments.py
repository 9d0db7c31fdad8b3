"""Which distributions are installed in a folder of packages, as far as it matters whose a socket is; nothing is run."""

from gnomon.core.purl import canonical
from gnomon.io import files
from gnomon.io.installed import Metadata, listed, modules
from gnomon.io.metadata import HEAD_BYTES, commands, named, requires
from gnomon.probe.owner import PYZMQ, Distribution

_MAX_BYTES = 1_000_000


def installed(root: str, folder: str) -> tuple[Distribution, ...]:
    """In `folder` below `root`, in order of name; empty if it can't be read."""
    if not folder:
        return ()
    return tuple(found for place in listed(root + folder, []) if (found := _distribution(place)))


def _distribution(place: Metadata) -> Distribution | None:
    try:
        data = files.head(place.file, HEAD_BYTES)
    except files.Unreadable:
        return None
    found = named(data)
    if found is None:
        return None
    name = canonical(found.name)
    return Distribution(
        name=name,
        version=found.version,
        modules=tuple(modules(place, name)),
        commands=commands(_small(f"{place.path}/entry_points.txt")),
        uses_zeromq=requires(data, PYZMQ),
    )


def _small(path: str) -> bytes:
    try:
        return files.content(path, _MAX_BYTES)
    except files.Unreadable:
        return b""
