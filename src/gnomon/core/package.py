"""A package as an environment, a list, a lock or a bill of materials names it."""

from typing import Literal

from msgspec import Struct

from gnomon.core.purl import Purl

Naming = Literal[
    "installed",  # its metadata lies in an environment
    "archive",  # a wheel or a source release
    "locked",  # a lock file or an explicit list names one release
    "required",  # a requirement allows one or several releases
    "listed",  # a bill of materials has it
]


class Package(Struct, frozen=True, kw_only=True):
    """A release of a package, as far as its source tells. Untrusted text."""

    purl: Purl
    """With the version as it is written; without one where the source names none."""
    naming: Naming
    where: str
    """The file or folder that names it, relative to the target."""
    allows: str = ""
    """What a requirement allows if that is not one version: `>=0.6,<1`."""
    files: str = ""
    """Key of its files in the target; "" if there are none to look at."""
    why_no_files: str = ""
    """Why there are none; "" if there are."""

    @property
    def name(self) -> str:
        """As people call it: `vllm`, `modeltc/lightllm`."""
        return f"{self.purl.namespace}/{self.purl.name}" if self.purl.namespace else self.purl.name

    @property
    def version(self) -> str:
        """As written; "" if it is not known."""
        return self.purl.version

    @property
    def label(self) -> str:
        """`vllm 0.7.3`, `vllm >=0.6`."""
        return f"{self.name} {self.version or self.allows}".rstrip()
