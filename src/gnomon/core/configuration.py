"""What a project may configure: the table `[tool.gnomon]` as values."""

from datetime import date

from msgspec import Struct

from gnomon.core.severity import Confidence, Severity


class SuppressEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[tool.gnomon.suppress]]`: findings that are known and accepted."""

    rule: str
    path: str
    """A glob, see `gnomon.core.glob`."""
    reason: str
    fingerprint: str = ""
    """Narrows the entry to findings with this identity; "" takes all of the rule's in `path`."""
    until: date | None = None
    """The last day on which it suppresses."""


class Configuration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """`[tool.gnomon]`; a field that is not given leaves the command's own default."""

    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    all: bool = False
    rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Globs of files that are not looked at; what they take is counted and named."""
    models: str | None = None
    """A folder of further rules and models, relative to the file's own folder."""
    trusted_networks: tuple[str, ...] = ()
    """In CIDR notation: literal addresses inside of one lower a finding, never hide it."""
    suppress: tuple[SuppressEntry, ...] = ()
