"""How much of a target is read: what is beyond is listed as skipped, never silently dropped."""

from msgspec import Struct

_NEVER_SUSPICIOUS = 64_000_000


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds on what reading a target may cost. The largest module of Python's own library has 0.7 MB."""

    max_file_bytes: int = 5_000_000
    max_notebook_bytes: int = 50_000_000
    """Notebooks keep the pictures they show; only their code is kept in memory."""
    max_total_bytes: int = 512_000_000
    """Source text of all files together."""
    max_files: int = 200_000
    max_depth: int = 100
    """Folders within folders."""
    max_inflated_bytes: int = 2_000_000_000
    """What an archive may unpack to, read or passed over."""
    max_ratio: int = 200
    """What an archive may unpack to, in multiples of its own size; source text comes to about five."""
    """An archive may always unpack to 64 MB."""
    max_download_bytes: int = 1_000_000_000
    """Of a release, or of what is fetched of a repository."""
    max_entries: int = 1_000_000
    """Names that a commit may list, of files and folders of any kind."""
    git_patience_s: float = 120
    """For one git at work on a local repository."""
    fetch_patience_s: float = 900
    max_image_bytes: int = 64_000_000_000
    """What the layers of a container image may unpack to together; as `max_inflated_bytes` for an archive."""
    max_image_entries: int = 1_000_000
    """Entries of all layers of a container image."""
    max_image_layers: int = 1_000
    """Container engines stop at 127."""

    def unpacked_of(self, size: int) -> int:
        """Bytes that an archive of `size` bytes may unpack to."""
        return min(self.max_inflated_bytes, max(_NEVER_SUSPICIOUS, size * self.max_ratio))

    def image_of(self, size: int) -> int:
        """Bytes that the layers of an image may unpack to, which take `size` bytes as they are stored."""
        return min(self.max_image_bytes, max(_NEVER_SUSPICIOUS, size * self.max_ratio))


DEFAULT = Limits()


def megabytes(size: int) -> str:
    """The size as people read it: `5 MB`, `0.2 MB`."""
    return f"{size / 1_000_000:.0f} MB" if size >= 1_000_000 else f"{size / 1_000_000:.1f} MB"


def too_much(allowed: int) -> str:
    """Reason to stop reading an archive that unpacks to more."""
    return f"it unpacks to more than {megabytes(allowed)}; the rest was not read"


def too_large(size: int, limit: int) -> str:
    """Reason to skip a file of that size."""
    return f"{megabytes(size)}, larger than the limit of {megabytes(limit)} a file"
