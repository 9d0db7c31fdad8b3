"""Where a finding is, as somebody in the working folder would write it: what services need to show it in the code."""

import posixpath
import re

from gnomon.core.finding import Report

_NO_FOLDER = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)  # `pypi:NAME==VERSION`, a URL


def from_folder(report: Report, path: str, folder: str = "") -> str:
    """`path`, which is relative to the report's target, relative to `folder` instead.

    Inside an archive or a release it stays the archive's own: nothing in the folder has it. A target outside of the
    folder is kept as it was named.
    """
    if _has_own_paths(report) or not path:
        return path
    target = _from(report.target, folder)
    # A target that is one file has that file's name as its only path.
    place = target if posixpath.basename(target) == path else posixpath.join(target, path)
    return posixpath.normpath(place)


def is_within(report: Report, folder: str = "") -> bool:
    """True if the report's target is in `folder`, so that its files are files of the project there."""
    target = _from(report.target, folder)
    return not _has_own_paths(report) and not posixpath.isabs(target) and target.split("/")[0] != ".."


def _has_own_paths(report: Report) -> bool:
    return bool(report.digest or _NO_FOLDER.match(report.target))


def _from(target: str, folder: str) -> str:
    """`target` relative to `folder` if it is in there, else as it was named; `./` and the like are gone."""
    if folder and posixpath.isabs(target) and posixpath.commonpath((folder, target)) == posixpath.normpath(folder):
        return posixpath.relpath(target, folder)
    return posixpath.normpath(target)
