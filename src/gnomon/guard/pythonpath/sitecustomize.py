"""Starts guard in a Python process whose PYTHONPATH names this folder, or whose site-packages have the run's `.pth`.

Every Python that the guarded program starts reads this file, so it keeps to what Python 2 can read: one that is too old
for guard must say so, and not fail by a syntax error, after which it would go on without guard.
"""

import os
import sys

PACKAGE = "_gnomon_guard"
RUN, PATH = "GNOMON_GUARD", "PYTHONPATH"
HERE = os.path.dirname(os.path.abspath(__file__))
GUARD = os.path.dirname(HERE)


def start(run):
    """Guard is active when this returns; whatever goes wrong, the process has ended with 78 and said why."""
    try:
        if sys.version_info < (3, 11):
            _refuse("guard needs Python 3.11 or newer, and this is %d.%d" % sys.version_info[:2])
        run = run or _nearest_run()
        if not run:
            _refuse("PYTHONPATH names guard, and GNOMON_GUARD no run. Pass both on, or neither")
        _hand_down(run)
        _bootstrap().activate(run)
    except BaseException as error:  # noqa: BLE001 (site.py would print it and go on without guard)
        _refuse(str(error) or type(error).__name__)


def _bootstrap():
    from importlib import import_module

    if PACKAGE not in sys.modules:
        sys.modules[PACKAGE] = _package(os.path.join(GUARD, "__init__.py"))
    return import_module(PACKAGE + ".bootstrap")


def _package(init):
    """Guard's folder as a package of that name, without importlib.util, which would cost each start 4 ms."""
    from importlib.machinery import ModuleSpec, SourceFileLoader

    loader = SourceFileLoader(PACKAGE, init)
    spec = ModuleSpec(PACKAGE, loader, origin=init, is_package=True)
    spec.submodule_search_locations = [GUARD]
    spec.has_location = True
    module = type(sys)(PACKAGE)
    module.__spec__, module.__loader__, module.__package__ = spec, loader, PACKAGE
    module.__file__, module.__path__ = init, [GUARD]
    loader.exec_module(module)
    return module


def _hand_down(run):
    """What this process starts is told of the run, also if this process was not: its own environment was replaced."""
    os.environ[RUN] = run
    old = os.environ.get(PATH)
    if HERE not in (old or "").split(os.pathsep):
        os.environ[PATH] = HERE + os.pathsep + old if old else HERE


def _nearest_run():
    """The run that the nearest ancestor was told of: lists of variables to pass on may have PYTHONPATH, never ours."""
    pid = os.getppid()
    while pid > 0:
        try:
            with open("/proc/%d/stat" % pid, "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
            with open("/proc/%d/environ" % pid, "rb") as file:
                told = [entry for entry in file.read().split(b"\0") if entry.startswith(b"GNOMON_GUARD=")]
        except (IOError, OSError):
            return None
        if told:
            return os.fsdecode(told[0].partition(b"=")[2])
        pid = parent
    return None


def _refuse(why):
    line = "gnomon guard: Python process %d is not started unguarded: %s.\n" % (
        os.getpid(),
        repr(why)[1:-1].rstrip("."),
    )
    try:
        os.write(2, line.encode("ascii", "backslashreplace"))
    finally:
        os._exit(78)


def _next_one():
    """The sitecustomize that Python would have found without this one takes its name and runs."""
    from importlib.machinery import PathFinder

    others = [entry for entry in sys.path if os.path.abspath(entry or ".") != HERE]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        from importlib.util import module_from_spec

        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if __name__ == "sitecustomize":
    start(os.environ.get(RUN))
    _next_one()
