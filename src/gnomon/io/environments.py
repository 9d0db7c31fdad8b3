"""Which distributions are installed in a folder of packages, by the names of their metadata alone."""

import re
from pathlib import Path

# https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-dist-info-directory
_METADATA = re.compile(r"(?P<name>[A-Za-z0-9._-]+?)-(?P<version>[0-9][^-]*)(?:-py[^-]*(?:-.*)?)?\.(?:dist|egg)-info")


def installed(root: str, folder: str) -> dict[str, str]:
    """Name (lower case, `_`) -> version, in `folder` below `root`; empty if it can't be read."""
    if not folder:
        return {}
    try:
        names = [entry.name for entry in Path(root + folder).iterdir()]
    except OSError:
        return {}
    matches = [match for name in names if (match := _METADATA.fullmatch(name))]
    return {re.sub(r"[-_.]+", "_", match["name"]).lower(): match["version"] for match in matches}
