"""What a verb looks at: a target read into memory as named bytes."""

from msgspec import Struct

from gnomon.core.finding import Skipped


class SourceFile(Struct, frozen=True, kw_only=True):
    """One file's bytes, as Python source (a notebook arrives as its code cells, line numbers kept)."""

    path: str
    """Relative to the target's root, `/`-separated."""
    data: bytes


class Tree(Struct, frozen=True, kw_only=True):
    """A target that was read: its Python files in path order, and what could not be read."""

    target: str
    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...] = ()
    excluded: tuple[str, ...] = ()
    """Folders left out by rule, such as `.git`: worth telling, but nothing is missing without them."""
    digest: str = ""
    """`sha256:…` of the archive or `git:…`, the commit's id, if the target is one."""
