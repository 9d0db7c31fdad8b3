"""What a verb looks at: a target read into memory as named bytes."""

from typing import Literal

from msgspec import Struct

from gnomon.core.finding import Skipped

DateBasis = Literal["upload to the index", "commit date", "newest file in the archive", "creation of the image", ""]


class SourceFile(Struct, frozen=True, kw_only=True):
    """One file's bytes, as Python source (a notebook arrives as its code cells, line numbers kept)."""

    path: str
    """Relative to the target's root, `/`-separated."""
    data: bytes


class ImageConfig(Struct, frozen=True, kw_only=True):
    """How a container image starts what is in it: https://github.com/opencontainers/image-spec/blob/main/config.md."""

    platform: str
    """`linux/amd64`; "" if the image does not say."""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    """Arguments after the entry point, or the whole command line if there is none."""
    environment: tuple[str, ...] = ()
    """`NAME=value`, in the image's order."""
    exposed_ports: tuple[str, ...] = ()
    """`5557/tcp`, sorted."""
    working_folder: str = ""


class DeploymentFile(Struct, frozen=True, kw_only=True):
    """A file that says how programs are started: a Dockerfile, a compose file, a manifest, values of a chart."""

    path: str
    """Relative to the target's root, `/`-separated."""
    data: bytes


class Provenance(Struct, frozen=True, kw_only=True):
    """What code is called, and how old it is. Untrusted text."""

    project: str = ""
    """Canonical name of a package; name of a repository, image or folder as it is written."""
    label: str = ""
    """A version, the first twelve digits of a commit's id, or an image's tag."""
    date: str = ""
    """ISO 8601 day in UTC; "" if it is not known."""
    basis: DateBasis = ""
    """What says so."""


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
    """`sha256:…` of the archive, of the manifest or configuration of a container image; `git:…`, the commit's id."""
    image: ImageConfig | None = None
    """Only for a container image."""
    origin: Provenance | None = None
    """What was told on the way; None for files on the disk. `gnomon.io.provenance` has the whole answer."""

    @property
    def everything(self) -> "tuple[SourceFile | DeploymentFile, ...]":
        """Every file that is looked at."""
        return (*self.files, *self.deployments)

    @property
    def contents(self) -> tuple[bytes, ...]:
        """The bytes of every file that is looked at."""
        return tuple(file.data for file in self.everything)
