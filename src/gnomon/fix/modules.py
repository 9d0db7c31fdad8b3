"""Where generated modules and their tests go, and how other files import them."""

import sys
from collections.abc import Iterable

from gnomon.core.patch import Import, Style
from gnomon.fix.sources import Sources

MODULES: dict[Style, str] = {
    "wire": "wire_messages",
    "msgspec": "typed_messages",
    "json": "json_messages",
    "hmac": "signed_pickle",
    "curve": "curve_sockets",
    "restrict": "restricted_pickle",
}
"""Name of what each style generates, without `.py`."""
_TEST_FOLDERS = ("tests", "test")


def module_path(style: Style, touched: Iterable[str], sources: Sources) -> str:
    """Path of the module that the touched files share: in their nearest common folder, in a package if one of them is.

    Raises KeyError for a style that generates none.
    """
    return named_path(MODULES[style], touched, sources)


def named_path(name: str, touched: Iterable[str], sources: Sources) -> str:
    """As `module_path`, for a module that is called `name`."""
    paths = sorted(set(touched))
    packed = [path for path in paths if sources.package_root(path) is not None]
    folder = _common_folder(packed) if packed else _common_folder(paths)
    if packed and not sources.is_package(folder):  # in several packages
        folder = _common_folder(paths)
    return _free(folder, name, sources)


def test_path(module: str, sources: Sources) -> str:
    """Path of the test of a generated module: among the target's tests, where they can import it, else beside it.

    There it is named after the folders within the package too: several of them may get a module of the same name.
    """
    folder, _, file = module.rpartition("/")
    name = f"test_{file.removesuffix('.py')}"
    root = sources.package_root(module)
    home = _tests_of(root if root is not None else folder, sources)
    if home is None or (root is None and not _reaches(home, folder, sources)):
        return _free(folder, name, sources)
    inside = dotted(module, sources).split(".")[1:-1]
    return _free(home, "_".join(("test", *inside, name.removeprefix("test_"))), sources)


def imported(importer: str, module: str, name: str, sources: Sources) -> Import:
    """How a file imports `name` from a generated module: relative within a package, unless the file does otherwise."""
    folder, _, file = module.rpartition("/")
    stem = file.removesuffix(".py")
    root = sources.package_root(importer)
    if root is None or _package(importer, root) != _package(module, sources.package_root(module)):
        return Import(path=importer, module=dotted(module, sources), name=name)
    if _imports_siblings(importer, sources) and folder == importer.rpartition("/")[0]:
        return Import(path=importer, module=stem, name=name)
    if _imports_by_package(importer, root, sources):
        return Import(path=importer, module=dotted(module, sources), name=name)
    up = importer.rpartition("/")[0].removeprefix(folder).count("/")
    return Import(path=importer, module="." * (up + 1) + stem, name=name)


def dotted(module: str, sources: Sources) -> str:
    """Absolute name of a module: from its package's root, or by its own folder if it is in none."""
    root = sources.package_root(module)
    if root is None:
        root = module.rpartition("/")[0]
    return module.removeprefix(f"{root}/" if root else "").removesuffix(".py").replace("/", ".")


def roots(sources: Sources) -> frozenset[str]:
    """First parts of the names that the target's modules are imported by, but those of the standard library."""
    found = {dotted(path, sources).partition(".")[0] for path in sources.python}
    return frozenset(found - sys.stdlib_module_names)


def _package(path: str, root: str | None) -> str | None:
    """The folder of the top-level package that a file is in, by the folder that this lies in; None for no package."""
    if root is None:
        return None
    inside = path.removeprefix(f"{root}/" if root else "")
    return f"{root}/{inside.partition('/')[0]}"


def _common_folder(paths: list[str]) -> str:
    """The deepest folder that all of them lie in; "" for the root."""
    folders = [path.split("/")[:-1] for path in paths]
    common: list[str] = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "/".join(common)


def _free(folder: str, name: str, sources: Sources) -> str:
    prefix = f"{folder}/" if folder else ""
    path, number = f"{prefix}{name}.py", 1
    while path in sources.paths or sources.is_package(path.removesuffix(".py")):
        number += 1
        path = f"{prefix}{name}_{number}.py"
    return path


def _tests_of(root: str, sources: Sources) -> str | None:
    """The nearest folder of tests: in the folder that the code's imports begin in, or in one above it."""
    while True:
        for name in _TEST_FOLDERS:
            folder = f"{root}/{name}" if root else name
            if any(path.startswith(f"{folder}/") for path in sources.python):
                return folder
        if not root:
            return None
        root = root.rpartition("/")[0]


def _reaches(tests: str, folder: str, sources: Sources) -> bool:
    """True if a test imports a module of the folder already: no package says that it could."""
    beside = _modules_of(folder, sources)
    return any(
        item.source.module.partition(".")[0] in beside
        for path in sources.python
        if path.startswith(f"{tests}/")
        for item in sources.imports(path)
    )


def _imports_siblings(importer: str, sources: Sources) -> bool:
    """True for a file of a package that imports its neighbours as if it were in none."""
    beside = _modules_of(importer.rpartition("/")[0], sources)
    return any(item.source.module.partition(".")[0] in beside for item in sources.imports(importer))


def _imports_by_package(importer: str, root: str, sources: Sources) -> bool:
    """True for a file that names its own package in full and never by dots."""
    package = importer.removeprefix(f"{root}/" if root else "").partition("/")[0]
    modules = [item.source.module for item in sources.imports(importer)]
    named = any(module.partition(".")[0] == package for module in modules)
    return named and not any(module.startswith(".") for module in modules)


def _modules_of(folder: str, sources: Sources) -> set[str]:
    """Names of the modules that lie directly in a folder."""
    prefix = f"{folder}/" if folder else ""
    inside = (path.removeprefix(prefix) for path in sources.python if path.startswith(prefix))
    return {name.removesuffix(".py") for name in inside if "/" not in name} - {"__init__"}
