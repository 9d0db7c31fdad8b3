"""What is asked of the process that rewrites files, and what it answers: MessagePack both ways."""

from collections.abc import Iterable

from msgspec import Struct

from gnomon.core.patch import Patch

LENGTH_BYTES = 8
"""Before each result, its length, big-endian: what is done is known even if a later one ends the process."""

NO_LIBCST = 3
"""Exit code of a process that can't import LibCST."""


class Request(Struct, frozen=True, kw_only=True):
    """Patches, each to be applied to the files as they are given."""

    files: dict[str, bytes]
    """By path; those that a patch changes."""
    patches: tuple[Patch, ...]
    own: frozenset[str] = frozenset()
    """First parts of the names that the target's own modules are imported by."""


class Rewritten(Struct, frozen=True, kw_only=True, tag="rewritten"):
    """What one patch made."""

    files: dict[str, bytes]
    """By path: the changed ones and the new ones, whole."""


class Refused(Struct, frozen=True, kw_only=True, tag="refused"):
    """Why a patch can't be applied; nothing of it was."""

    reason: str
    """A clause that names the place, without a full stop. Untrusted text."""


Result = Rewritten | Refused


class Refusal(Exception):
    """A patch can't be applied; the message says why, as Refused.reason."""


def merged(patches: Iterable[Patch]) -> Patch:
    """One patch that does what all of them do; what several ask for is asked once."""
    parts = tuple(patches)
    return Patch(
        replacements=tuple(dict.fromkeys(item for part in parts for item in part.replacements)),
        imports=tuple(dict.fromkeys(item for part in parts for item in part.imports)),
        unneeded=tuple(dict.fromkeys(item for part in parts for item in part.unneeded)),
        sections=tuple(dict.fromkeys(item for part in parts for item in part.sections)),
    )


def changed_paths(patch: Patch) -> tuple[str, ...]:
    """Paths of the files that have to be there for a patch, sorted."""
    return tuple(sorted({item.path for part in (patch.replacements, patch.imports, patch.unneeded) for item in part}))
