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
    if report.digest or _NO_FOLDER.match(report.target) or not path:
        return path
    target = report.target
    if folder and posixpath.isabs(target) and posixpath.commonpath((folder, target)) == posixpath.normpath(folder):
        target = posixpath.relpath(target, folder)
    # A target that is one file has that file's name as its only path.
    place = target if posixpath.basename(target) == path else posixpath.join(target, path)
    return posixpath.normpath(place)
