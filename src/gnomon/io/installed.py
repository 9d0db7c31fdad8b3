"""An environment -> the packages that are installed in it, by their metadata: nothing of it is imported or run."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from gnomon.audit.evidence import Holding
from gnomon.audit.inventory import MAX_PACKAGES, Inventory, once
from gnomon.core.errors import TargetError
from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.core.purl import canonical, pypi
from gnomon.core.tree import Tree
from gnomon.io import files, names
from gnomon.io.intake import Intake
from gnomon.io.limits import Limits
from gnomon.io.metadata import HEAD_BYTES, named, recorded
from gnomon.io.tree import read_folder

_PACKAGES = ("site-packages", "dist-packages")
_PYTHON = re.compile(r"(?:python|pypy)3(?:\.\d+t?)?")
_MAX_RECORD_BYTES = 64_000_000
_MAX_SMALL_BYTES = 1_000_000
_METADATA = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}


class _DirInfo(Struct):
    editable: bool = False


class _DirectUrl(Struct):
    url: str = ""
    dir_info: _DirInfo = msgspec.field(default_factory=_DirInfo)


class Metadata(Struct, frozen=True):
    """The folder, or file, that says that a package is installed."""

    site: str
    """The folder that holds it, where the package's files are too."""
    name: str
    """Its own name: `vllm-0.8.4.dist-info`."""

    @property
    def path(self) -> str:
        """Where it lies."""
        return f"{self.site}/{self.name}"

    @property
    def file(self) -> str:
        """The file with name, version and requirements."""
        if Path(self.path).is_file():
            return self.path
        suffix = ".egg-info" if self.name.endswith("/EGG-INFO") else f".{self.name.rpartition('.')[2]}"
        return f"{self.path}/{_METADATA[suffix]}"


def is_environment(path: Path) -> bool:
    """True for a virtual or conda environment, an interpreter's folder, and a folder that packages are installed in."""
    return any(_sites(path))


def default_environment(environment: Mapping[str, str], prefix: str) -> tuple[str, str]:
    """The environment that is meant where none is named, and why: the active one, else that of our own interpreter."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if (active := environment.get(variable, "")) and is_environment(Path(active)):
            return active, f"{variable} names it"
    return prefix, "the environment that gnomon itself runs in; no other is active"


def read_environment(path: Path, target: str, limits: Limits) -> Inventory:
    """The packages below `path`. Raises TargetError if it is no environment, OSError."""
    sites = list(_sites(path)) + list(_system_sites(path))
    if not sites:
        raise TargetError(f"{target} is no environment: nothing is installed in it.", remedy="name its folder")
    found: list[Package] = []
    skipped: list[Skipped] = []
    places: dict[str, Metadata] = {}
    for site in sites:
        for place in listed(site, skipped):
            package = _package(place, str(path), skipped)
            if package is not None:
                found.append(package)
                places[package.files] = place
            if len(found) >= MAX_PACKAGES:
                skipped.append(Skipped(path=site, reason=f"more than {MAX_PACKAGES:,} packages; the rest was not read"))
                break
    reader = _Files(str(path), places, limits)
    return Inventory(
        target=target,
        kind="environment",
        packages=once(found),
        skipped=tuple(skipped),
        holding=reader.holding,
    )


def _sites(path: Path) -> Iterator[str]:
    """Folders that packages are installed in: `lib/python3.11/site-packages`, `Lib/site-packages`, or `path` itself."""
    base = _base(path)
    if not base.is_dir():
        return
    if base.name in _PACKAGES or _has_metadata(base):
        yield str(base)
        return
    for library in ("lib", "lib64", "Lib", "local/lib"):
        folder = base / library
        if library == "lib64" and folder.is_symlink():
            continue
        for name in _PACKAGES:
            if (folder / name).is_dir():
                yield str(folder / name)
        try:
            inner = sorted(folder.iterdir())
        except OSError:
            continue
        for each in inner:
            if _PYTHON.fullmatch(each.name):
                yield from (str(each / name) for name in _PACKAGES if (each / name).is_dir())


def _base(path: Path) -> Path:
    """The environment of an interpreter (`x/bin/python` is x), as it is named: links are not followed."""
    if path.parent.name in ("bin", "Scripts") and path.name.startswith(("python", "pypy")) and not path.is_dir():
        return path.parent.parent
    return path


def _system_sites(path: Path) -> Iterator[str]:
    """The system's packages too, where a virtual environment says that it uses them (PEP 405)."""
    settings: dict[str, str] = {}
    try:
        text = files.content(str(_base(path) / "pyvenv.cfg"), _MAX_SMALL_BYTES).decode("utf-8", "replace")
    except files.Unreadable:
        return
    for line in text.splitlines():
        key, _, value = line.partition("=")
        settings[key.strip().lower()] = value.strip()
    home = settings.get("home", "")
    if settings.get("include-system-site-packages", "").lower() == "true" and home:
        yield from _sites(Path(home).parent)


def _has_metadata(folder: Path) -> bool:
    try:
        with os.scandir(folder) as listing:
            return any(entry.name.endswith(".dist-info") and entry.is_dir() for entry in listing)
    except OSError:
        return False


def listed(site: str, skipped: list[Skipped]) -> Iterator[Metadata]:
    """What says that something is installed, in order of name."""
    try:
        with os.scandir(site) as listing:
            entries = sorted((entry.name for entry in listing), key=str)
    except OSError as error:
        skipped.append(Skipped(path=site, reason=files.reason(error)))
        return
    for name in entries:
        if name.startswith("~"):
            continue  # what pip left behind of a package that it removed
        if name.endswith((".dist-info", ".egg-info")):
            yield Metadata(site, name)
        elif name.endswith(".egg"):
            yield Metadata(site, f"{name}/EGG-INFO")


def _package(place: Metadata, root: str, skipped: list[Skipped]) -> Package | None:
    where = os.path.relpath(place.path, root)
    try:
        found = named(files.head(place.file, HEAD_BYTES))
    except files.Unreadable as error:
        skipped.append(Skipped(path=where, reason=f"its metadata can't be read: {error}"))
        return None
    if found is None or not canonical(found.name):
        skipped.append(Skipped(path=where, reason="its metadata names no package"))
        return None
    if not found.version:
        skipped.append(Skipped(path=where, reason="its metadata names no version"))
    return Package(purl=pypi(found.name, found.version), naming="installed", where=where, files=place.path)


class _Files:
    """Gets a package's Python, and what it was when it was installed."""

    def __init__(self, root: str, places: Mapping[str, Metadata], limits: Limits) -> None:
        self._root = root
        self._places = places
        self._limits = limits

    def holding(self, package: Package) -> Holding:
        place = self._places[package.files]
        listed = _record(place)
        if folder := _editable(place):
            try:
                return Holding(tree=read_folder(folder, folder, self._limits))
            except OSError as error:
                skipped = (Skipped(path=folder, reason=files.reason(error)),)
                return Holding(tree=Tree(target=folder, files=(), skipped=skipped))
        intake = Intake(self._limits)
        prefix = os.path.relpath(place.site, self._root)
        prefix = "" if prefix == "." else f"{prefix}/"
        kept: dict[str, str] = {}
        for path in listed or _by_top_level(place, package):
            inside = names.inside(path)
            if inside is None or names.kind_of(inside) != "python":
                continue
            try:
                intake.take(
                    prefix + inside, files.content(f"{place.site}/{inside}", self._limits.max_file_bytes), "python"
                )
            except files.Unreadable as error:
                intake.skip(prefix + inside, str(error))
            if digest := listed.get(path, ""):
                kept[prefix + inside] = digest
        return Holding(tree=intake.tree(package.files), recorded=kept)


def _record(place: Metadata) -> Mapping[str, str]:
    """What was installed; empty where nothing tells."""
    try:
        return recorded(files.content(f"{place.path}/RECORD", _MAX_RECORD_BYTES))
    except files.Unreadable:
        return {}


def _editable(place: Metadata) -> str:
    """The project's folder, where the package is installed as a pointer to it; "" where it is not."""
    try:
        data = files.content(f"{place.path}/direct_url.json", _MAX_SMALL_BYTES)
        direct = msgspec.json.decode(data, type=_DirectUrl)
    except (files.Unreadable, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return ""
    url = urlsplit(direct.url)
    return unquote(url.path) if direct.dir_info.editable and url.scheme == "file" else ""


def modules(place: Metadata, name: str) -> list[str]:
    """Names of the modules that old metadata tells, else those that the package's own name may stand for."""
    try:
        text = files.content(f"{place.path}/top_level.txt", _MAX_SMALL_BYTES).decode("utf-8", "replace")
        tops = [line.strip() for line in text.splitlines() if line.strip()]
    except files.Unreadable:
        tops = [name.replace("-", "_"), name]
    return [top for top in dict.fromkeys(tops) if names.inside(top) == top]


def _by_top_level(place: Metadata, package: Package) -> Iterator[str]:
    """Python files of the package's modules."""
    for top in modules(place, package.purl.name):
        if Path(f"{place.site}/{top}.py").is_file():
            yield f"{top}.py"
        for folder, inner, found in os.walk(f"{place.site}/{top}"):
            inner.sort()
            yield from (
                os.path.relpath(f"{folder}/{name}", place.site) for name in sorted(found) if name.endswith(".py")
            )
