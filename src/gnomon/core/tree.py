"""What a verb looks at: a target read into memory as named bytes."""

from msgspec import Struct

from gnomon.core.finding import Skipped


class SourceFile(Struct, frozen=True, kw_only=True):
    """One file's bytes, as Python source (a notebook arrives as its code cells, line numbers kept)."""

    path: str
    """Relative to the target's root, `/`-separated."""
    data: bytes


class DeploymentFile(Struct, frozen=True, kw_only=True):
    """A file that says how programs are started: a Dockerfile, a compose file, a manifest, values of a chart."""

    path: str
    """Relative to the target's root, `/`-separated."""
    data: bytes


class Tree(Struct, frozen=True, kw_only=True):
    """A target that was read: its Python files in path order, the files that deploy it, and what could not be read."""

    target: str
    files: tuple[SourceFile, ...]
    deployments: tuple[DeploymentFile, ...] = ()
    """In path order; kept as bytes, since most scans ask nothing of them."""
    skipped: tuple[Skipped, ...] = ()
    excluded: tuple[str, ...] = ()
    """Folders left out by rule, such as `.git`: worth telling, but nothing is missing without them."""
    digest: str = ""
    """`sha256:…` of the archive, if the target is one."""

    @property
    def contents(self) -> tuple[bytes, ...]:
        """The bytes of every file that is looked at."""
        return (*(file.data for file in self.files), *(file.data for file in self.deployments))
