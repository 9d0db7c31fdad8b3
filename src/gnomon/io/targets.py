"""What a user names as a target -> a `Tree`: a folder, a file, an archive, a release or a commit."""

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.core.tree import Provenance, Tree
from gnomon.io import files
from gnomon.io.intake import Intake
from gnomon.io.limits import DEFAULT, Limits
from gnomon.io.names import Kind, is_script, kind_of
from gnomon.io.tree import read_folder

if TYPE_CHECKING:
    from gnomon.io.pypi import Release

TARGETS = (
    "a folder, a .py, .ipynb or deployment file, a wheel, sdist, zip or tar, a container image, pypi:NAME==VERSION, "
    "PATH@REVISION or a git URL"
)
_RELEASE = "pypi:"
_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]*(==[\w.!+*-]+)?")
_UNREAD_SUFFIXES = (".zst", ".7z", ".rar", ".conda", ".rpm", ".deb", ".dmg", ".iso", ".lz4", ".br", ".Z")
_SHEBANG_BYTES = 128


def read(target: str, *, limits: Limits = DEFAULT) -> Tree:
    """The target's Python and deployment files. Raises TargetError, or NothingToScan if there is neither."""
    tree = _release(target, limits) if target.startswith(_RELEASE) else _commit(target, limits) or _path(target, limits)
    return not_empty(tree)


def not_empty(tree: Tree) -> Tree:
    """The tree. Raises NothingToScan if there is nothing in it, and nothing is missing."""
    if not tree.skipped and not any(tree.contents):
        raise _nothing(tree)
    return tree


def _release(target: str, limits: Limits) -> Tree:
    from gnomon.io import pypi  # here, since only releases need the network

    return release_tree(pypi.download(target.removeprefix(_RELEASE), limits.max_download_bytes), limits)


def release_tree(release: "Release", limits: Limits = DEFAULT) -> Tree:
    """The files of a release that was downloaded. Raises TargetError."""
    from gnomon.io import archives

    tree = archives.read_archive(
        release.path, f"{_RELEASE}{release.name}=={release.version}", limits, f"sha256:{release.sha256}"
    )
    dated = tree.origin or Provenance()
    if release.uploaded:
        dated = Provenance(date=release.uploaded, basis="upload to the index")
    return replace(tree, origin=replace(dated, project=release.name, label=release.version))


def _commit(target: str, limits: Limits) -> Tree | None:
    """The commit that the target names; None if it is a path."""
    if "@" not in target and ":" not in target:
        return None
    from gnomon.io import git_names  # here and below, since folders, the usual targets, can do without

    if (name := git_names.git_name(target)) is None:
        return None
    from gnomon.io import git_targets

    return git_targets.read_git(target, name, limits)


def _path(target: str, limits: Limits) -> Tree:
    if not target:
        raise TargetError("an empty name is no target.", remedy=f"name {TARGETS}")
    try:
        return _existing(target, limits)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(target) from None
    except PermissionError:
        raise TargetError(f"{target} can't be read: permission denied.", remedy=f"ls -ld {target}") from None
    except (OSError, ValueError) as error:
        problem = files.reason(error) if isinstance(error, OSError) else str(error)
        raise TargetError(f"{target} can't be read: {problem}.", remedy=f"name {TARGETS}") from None


def _existing(target: str, limits: Limits) -> Tree:
    """A path, or an image that PATH:NAME names. Raises TargetError, OSError."""
    try:
        mode = Path(target).stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        tree = _image(target, limits)
        if tree is None:
            raise
        return tree
    if stat.S_ISDIR(mode):
        return _layout(target, target, "", limits) or read_folder(target, target, limits)
    if stat.S_ISREG(mode):
        return _file(target, limits)
    raise TargetError(f"{target} is {files.kind_of_mode(mode)}, not a file or folder.", remedy=f"name {TARGETS}")


def _layout(path: str, target: str, wanted: str, limits: Limits) -> Tree | None:
    """The image in the folder, if it is an image layout."""
    if not (Path(path) / "oci-layout").is_file():
        return None
    from gnomon.io import images

    return images.read_layout(Path(path), target, wanted, limits) if images.is_layout(Path(path)) else None


def _image(target: str, limits: Limits) -> Tree | None:
    """The image that PATH:NAME names, None if there is no such path. Raises TargetError if it is no image."""
    from gnomon.io import archives, images

    path, wanted = images.split(target)
    if not path:
        return None
    if Path(path).is_dir():
        tree = _layout(path, target, wanted, limits)
    else:
        tree = images.read_tar(Path(path), target, wanted, limits) if archives.format_of(Path(path)) == "tar" else None
    if tree is None:
        raise TargetError(
            f"{path} is no container image, so {wanted!r} names nothing in it.", remedy=f"gnomon scan {path}"
        )
    return tree


def _file(target: str, limits: Limits) -> Tree:
    path = Path(target)
    kind = kind_of(path.name)
    if kind in ("python", "notebook", "deployment"):
        tree = _single(path, target, kind, limits)
        if kind != "deployment" or tree.deployments or tree.skipped:
            return tree
    from gnomon.io import archives  # as above

    if form := archives.format_of(path):
        from gnomon.io import images

        image = images.read_tar(path, target, "", limits) if form == "tar" else None
        return image or archives.read_archive(path, target, limits)
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
    name = "this folder" if tree.target == "." else tree.target
    if tree.files:
        return NothingToScan(f"the Python in {name} is empty.", remedy=f"name {TARGETS}")
    if tree.target.startswith(_RELEASE):
        return NothingToScan(
            f"there is no Python in {tree.target}: it may only point to other packages.", remedy="scan those"
        )
    if all((Path(tree.target) / part).exists() for part in ("HEAD", "objects", "refs")):
        return NothingToScan(f"{tree.target} is a bare git repository.", remedy=f"gnomon scan {tree.target}@HEAD")
    left_out = f" ({', '.join(tree.excluded[:3])} left out)" if tree.excluded else ""
    return NothingToScan(f"there is no Python in {name}{left_out}.", remedy=f"name {TARGETS}")
