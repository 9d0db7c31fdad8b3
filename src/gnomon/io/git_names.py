"""What a user types -> a commit in a local repository, or one behind a URL; each with `@REVISION`."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

from msgspec import Struct

from gnomon.core.errors import TargetError
from gnomon.io.archives import named_like_archive
from gnomon.io.git_repository import check_revision

_SCHEMES = ("https", "http", "ssh", "git")
_URL = re.compile(r"(?:git\+)?([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_SCP = re.compile(r"[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:(?![:/]{2})")
"""`git@host:path`, as ssh's own copy program has it."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HELPER = re.compile(r"(?:git\+)?[A-Za-z0-9+.-]+::")
"""git's remote helpers: programs of any kind (https://git-scm.com/docs/gitremote-helpers)."""
_HOST = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|[A-Za-z0-9][\w.-]*")
"""An IPv6 address or a name: nothing that ssh would take for an option."""
_USER = re.compile(r"(?!-)[^\x00-\x20@/\\]*")


class Local(Struct, frozen=True, kw_only=True):
    """A commit in a repository on this machine."""

    path: str
    """An existing file or folder, in the repository or the repository itself."""
    revision: str


class Remote(Struct, frozen=True, kw_only=True):
    """A commit in a repository that git is to fetch."""

    url: str
    """As git takes it."""
    scheme: str
    revision: str
    """"" for the repository's own choice."""


def git_name(target: str) -> Local | Remote | None:
    """What the target means to git; None if it is a path that exists, or neither URL nor path with a revision.

    Raises TargetError for URLs that git is not asked for, and for what can't be a revision.
    """
    if os.path.lexists(target):
        return None
    if _CONTROL.search(target) and _URL.match(target):
        raise _refused(target)
    if _HELPER.match(target):
        raise TargetError(
            f"{target} would make git run a program of its choice.", remedy="name an https:// or ssh:// URL"
        )
    if match := _URL.match(target):
        return _of_url(target.removeprefix("git+"), match[1].lower())
    local = _local(target)
    # `git` is what hosts call the user, so that a folder of this name is not meant.
    if (match := _SCP.match(target)) and (local is None or target.startswith("git@")):
        path, revision = _parted(target[match.end() :])
        return Remote(url=match[0] + path, scheme="ssh", revision=revision)
    return local


def is_remote(target: str) -> bool:
    """True for a URL or `git@host:path`, by its looks alone: whatever else the target is, it is no path."""
    return bool(_URL.match(target) or _HELPER.match(target) or (target.startswith("git@") and _SCP.match(target)))


def exists(path: str) -> bool:
    """True if there is such a file or folder; False also where that can't be told."""
    try:
        return Path(path).exists()
    except OSError:
        return False


def shown(target: str) -> str:
    """The target without the password that a URL may hold."""
    match = _URL.match(target)
    host, slash, rest = target[match.end() :].partition("/") if match else ("", "", "")
    user, at, place = host.rpartition("@")
    if match is None or ":" not in user:
        return target
    return f"{match[0]}{user.partition(':')[0]}:…{at}{place}{slash}{rest}"


def _local(target: str) -> Local | None:
    """The longest path that exists before an `@`: names of files may hold one too."""
    at = target.rfind("@")
    while at > 0:
        if target[at + 1 :] and exists(target[:at]):
            check_revision(target[at + 1 :])
            return Local(path=target[:at], revision=target[at + 1 :])
        at = target.rfind("@", 0, at)
    return None


def _of_file(path: str) -> Local:
    if exists(path):
        return Local(path=path, revision="HEAD")
    before, revision = _parted(path)
    return _local(path) or Local(path=before, revision=revision or "HEAD")


def _of_url(url: str, scheme: str) -> Local | Remote:
    try:
        parts = urlsplit(url)
        host, user = parts.hostname or "", parts.username or ""
    except ValueError:
        raise _refused(url) from None
    if scheme == "file" and host in ("", "localhost"):
        return _of_file(url2pathname(parts.path))
    if scheme not in (*_SCHEMES, "file"):
        raise TargetError(
            f"{shown(url)}: {scheme} is no way to a git repository.", remedy="name an https:// or ssh:// URL"
        )
    path, revision = _parted(parts.path)
    if scheme == "file" or not path or not _HOST.fullmatch(host) or not _USER.fullmatch(user):
        raise _refused(url)
    if named_like_archive(path):
        raise TargetError(f"{shown(url)} is an archive, not a git repository.", remedy="download it, and scan the file")
    return Remote(url=urlunsplit((scheme, parts.netloc, path, parts.query, "")), scheme=scheme, revision=revision)


def _parted(path: str) -> tuple[str, str]:
    """The path, and the revision after its `@` ("" if there is none). Raises TargetError."""
    before, mark, after = path.partition(".git@")
    before, revision = (f"{before}.git", after) if mark else _at_the_last(path)
    if mark or revision:
        check_revision(revision)
    return before, revision


def _at_the_last(path: str) -> tuple[str, str]:
    before, mark, after = path.rpartition("@")
    # `/@user/name` is a path of some hosts.
    return (before, after) if mark and before and not before.endswith("/") else (path, "")


def _refused(url: str) -> TargetError:
    return TargetError(f"{shown(url)} is not a URL of a git repository.", remedy="https://HOST/PATH.git@REVISION")
