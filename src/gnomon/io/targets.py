"""What a user names as a target -> a `Tree`: a folder, a file, an archive or a release."""

import re
import stat
from pathlib import Path

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.core.tree import Tree
from gnomon.io import files
from gnomon.io.intake import Intake
from gnomon.io.limits import DEFAULT, Limits
from gnomon.io.names import Kind, is_script, kind_of
from gnomon.io.tree import read_folder

TARGETS = "a folder, a .py, .ipynb or deployment file, a wheel, sdist, zip or tar, or pypi:NAME==VERSION"
_RELEASE = "pypi:"
_URL = re.compile(r"(?:git\+)?[a-z][a-z0-9+.-]*://|git@", re.IGNORECASE)
_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]*(==[\w.!+*-]+)?")
_UNREAD_SUFFIXES = (".zst", ".7z", ".rar", ".conda", ".rpm", ".deb", ".dmg", ".iso", ".lz4", ".br", ".Z")
_SHEBANG_BYTES = 128


def read(target: str, *, limits: Limits = DEFAULT) -> Tree:
    """The target's Python and deployment files. Raises TargetError, or NothingToScan if there is neither."""
    tree = _release(target, limits) if target.startswith(_RELEASE) else _path(target, limits)
    if not tree.skipped and not any(tree.contents):
        raise _nothing(tree)
    return tree


def _release(target: str, limits: Limits) -> Tree:
    from gnomon.io import archives, pypi  # here, since only releases need the network

    release = pypi.download(target.removeprefix(_RELEASE), limits.max_download_bytes)
    return archives.read_archive(
        release.path, f"{_RELEASE}{release.name}=={release.version}", limits, f"sha256:{release.sha256}"
    )


def _path(target: str, limits: Limits) -> Tree:
    if not target:
        raise TargetError("an empty name is no target.", remedy=f"name {TARGETS}")
    try:
        mode = Path(target).stat().st_mode
        if stat.S_ISDIR(mode):
            return read_folder(target, target, limits)
        if stat.S_ISREG(mode):
            return _file(target, limits)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(target) from None
    except PermissionError:
        raise TargetError(f"{target} can't be read: permission denied.", remedy=f"ls -ld {target}") from None
    except (OSError, ValueError) as error:
        problem = files.reason(error) if isinstance(error, OSError) else str(error)
        raise TargetError(f"{target} can't be read: {problem}.", remedy=f"name {TARGETS}") from None
    raise TargetError(f"{target} is {files.kind_of_mode(mode)}, not a file or folder.", remedy=f"name {TARGETS}")


def _file(target: str, limits: Limits) -> Tree:
    path = Path(target)
    kind = kind_of(path.name)
    if kind in ("python", "notebook", "deployment"):
        tree = _single(path, target, kind, limits)
        if kind != "deployment" or tree.deployments or tree.skipped:
            return tree
    from gnomon.io import archives  # here, since folders, the usual targets, can do without

    if archives.format_of(path):
        return archives.read_archive(path, target, limits)
    with path.open("rb") as file:
        head = file.read(_SHEBANG_BYTES)
    if not head:
        raise NothingToScan(f"{target} is empty.", remedy=f"name {TARGETS}")
    if archives.named_like_archive(path.name):
        raise TargetError(
            f"{target} is named like an archive, but is none.", remedy="download it again: it may be an error page"
        )
    if is_script(head):
        return _single(path, target, "script", limits)
    if path.suffix in _UNREAD_SUFFIXES:
        raise TargetError(
            f"{target} is an archive of a kind that gnomon does not read.", remedy="unpack it and scan the folder"
        )
    raise TargetError(f"{target} is neither Python nor a deployment file.", remedy=f"name {TARGETS}")


def _single(path: Path, target: str, kind: Kind, limits: Limits) -> Tree:
    intake = Intake(limits)
    try:
        # The user named it: if it is a link, it is meant to be followed.
        intake.take(path.name, files.content(str(path.resolve()), intake.limit_of(kind)), kind)
    except files.Unreadable as error:
        intake.skip(path.name, str(error))
    return intake.tree(target)


def _missing(target: str) -> TargetError:
    """What was probably meant by a target that does not exist."""
    if _URL.match(target) or target.endswith(".git"):
        return TargetError(
            f"{target} is a URL, and gnomon does not read those yet.",
            remedy="clone or download it, and scan the folder or file",
        )
    path, at, revision = target.rpartition("@")
    if at and revision and Path(path).exists():
        return TargetError(
            f"{target}: gnomon does not read revisions yet.",
            remedy=f"git -C {path} worktree add ../{revision} {revision}, and scan that folder",
        )
    near = _near(target)
    remedy = f"gnomon scan {near[0]}" if near else f"name {TARGETS}"
    if not near and _PACKAGE.fullmatch(target):
        remedy = f"gnomon scan {_RELEASE}{target} for the release on the package index"
    return TargetError(f"{target or 'an empty name'} does not exist.", remedy=remedy)


def _near(target: str) -> list[str]:
    """Existing paths in the same folder with a similar name."""
    from difflib import get_close_matches

    path = Path(target)
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return []
    return [str(path.with_name(match)) for match in get_close_matches(path.name, names, n=1, cutoff=0.75)]


def _nothing(tree: Tree) -> NothingToScan:
    if tree.files:
        return NothingToScan(f"the Python in {tree.target} is empty.", remedy=f"name {TARGETS}")
    if tree.target.startswith(_RELEASE):
        return NothingToScan(
            f"there is no Python in {tree.target}: it may only point to other packages.", remedy="scan those"
        )
    left_out = f" ({', '.join(tree.excluded[:3])} left out)" if tree.excluded else ""
    return NothingToScan(f"there is no Python in {tree.target}{left_out}.", remedy=f"name {TARGETS}")
