"""A commit behind a URL -> a bare repository that lasts as long as it is read: no history, no tags, no files.

The network is reached because the user typed the URL, and with the user's own git configuration (credentials, proxy,
certificates, ssh command), never with one that comes from a repository: git is started in an empty folder.
"""

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from gnomon.core.errors import TargetError, Unavailable
from gnomon.io import downloads, git, locks, politeness
from gnomon.io.git import GitFailed, Running
from gnomon.io.git_names import Remote, shown
from gnomon.io.git_repository import Repository, commit_of
from gnomon.io.limits import Limits, megabytes
from gnomon.io.offline import is_offline

_THE_USERS = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
"""The user's ways to a server; what else begins with GIT_ is not handed on."""
_PLAIN = re.compile(r"(?!.*(?:\.\.|@\{))[^\s~^:?*\[\\]+")
"""A name that a server can be asked for; anything else needs the history."""
_SHORT_ID = re.compile(r"[0-9a-f]{4,39}|[0-9a-f]{41,63}")
_NOT_OFFERED = ("couldn't find remote ref", "not our ref", "unadvertised object", "shallow capabilities")
_SETTINGS = ("-c", "fetch.unpackLimit=1", "-c", "core.bigFileThreshold=50m", "-c", "transfer.bundleURI=false")
_ALL = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_PREFIX = ".repository-"
_GLANCE_S = 0.05
_HELD = "held"
"""The file in a repository that whoever reads it has locked."""
_STALE_S = 60
"""A repository is locked within less after it was made."""


@contextlib.contextmanager
def fetched(remote: Remote, limits: Limits) -> Iterator[tuple[Repository, str]]:
    """The repository, and the id of the commit that was asked for. Raises TargetError, or Unavailable."""
    if is_offline():
        raise TargetError(
            f"{shown(remote.url)} would have to be fetched, and GNOMON_OFFLINE is set.",
            remedy="scan a clone that is on this machine: PATH@REVISION",
        )
    downloads.prepare(downloads.folder())
    _sweep(downloads.folder())
    folder = tempfile.mkdtemp(dir=downloads.folder(), prefix=_PREFIX)
    try:
        with locks.waited_for(Path(folder, _HELD), patience_s=0):
            with politeness.turn(remote.url):
                repository = _fetch(remote, folder, limits)
            yield repository
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(remote: Remote, folder: str, limits: Limits) -> tuple[Repository, str]:
    patience_s = limits.git_patience_s
    try:
        git.ask(folder, "init", "--quiet", "--bare", "--template=", ".", patience_s=patience_s)
        name = _latest(remote, folder, limits) or _history(remote, folder, limits)
    except GitFailed as error:
        password = (urlsplit(remote.url).password or "") if "://" in remote.url else ""
        reason = str(error).replace(password, "…") if password else str(error)
        raise Unavailable(
            f"{shown(remote.url)} can't be fetched: {reason}.", remedy=f"git ls-remote {quote(shown(remote.url))}"
        ) from None
    repository = Repository(folder=folder, prefix="", shallow=False)
    return repository, commit_of(repository, name, patience_s)


def _latest(remote: Remote, folder: str, limits: Limits) -> str:
    """Fetches the one commit and says its name; "" if the server can't be asked for it by that name."""
    revision = remote.revision or "HEAD"
    if not _PLAIN.fullmatch(revision) or _SHORT_ID.fullmatch(revision):
        return ""
    try:
        _run(remote, folder, limits, "--depth=1", "--", remote.url, revision)
    except GitFailed as error:
        if any(words in str(error) for words in _NOT_OFFERED):
            return ""
        raise
    return "FETCH_HEAD"


def _history(remote: Remote, folder: str, limits: Limits) -> str:
    """Fetches everything, and says what the revision is called here."""
    _run(remote, folder, limits, "--", remote.url, "HEAD", *_ALL)
    revision = remote.revision or "HEAD"
    return f"FETCH_{revision}" if re.match(r"HEAD\b", revision) else revision


def _run(remote: Remote, folder: str, limits: Limits, *arguments: str) -> None:
    """Runs `git fetch`, and ends it once it has brought more than it may."""
    ways = {
        "GIT_ALLOW_PROTOCOL": ":".join(
            sorted({"https", "ssh", remote.scheme})
        ),  # those the user's insteadOf may lead to
        "GIT_CEILING_DIRECTORIES": str(Path(folder).parent),
        **{name: os.environ[name] for name in _THE_USERS if name in os.environ},
    }
    if (
        remote.scheme == "ssh"
        and not ways.keys() & {"GIT_SSH", "GIT_SSH_COMMAND"}
        and not _has_ssh_command(folder, limits)
    ):
        ways["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes"
    fetch = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance")
    with git.running(folder, *_SETTINGS, *fetch, *arguments, patience_s=limits.fetch_patience_s, more=ways) as run:
        while not run.ended(within_s=_GLANCE_S):
            _check_size(folder, run, limits)
        _check_size(folder, run, limits)
        run.finish()


def _check_size(folder: str, run: Running, limits: Limits) -> None:
    if _size(folder) + run.complained > limits.max_download_bytes:
        raise GitFailed(f"it is larger than the limit of {megabytes(limits.max_download_bytes)} for a download")


def _has_ssh_command(folder: str, limits: Limits) -> bool:
    """True if the user's own configuration names the program to use."""
    try:
        return bool(git.ask(folder, "config", "--get", "core.sshCommand", patience_s=limits.git_patience_s).strip())
    except GitFailed:
        return False


def _size(folder: str) -> int:
    """Bytes in the files below the folder, which change while they are counted."""
    total = 0
    for path in Path(folder).rglob("*"):
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total


def _sweep(folder: Path) -> None:
    """Removes what a run that was killed has left: nobody has it locked any more."""
    for left in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < time.time() - _STALE_S:
                with locks.waited_for(left / _HELD, patience_s=0) as mine:
                    if mine:
                        shutil.rmtree(left, ignore_errors=True)
