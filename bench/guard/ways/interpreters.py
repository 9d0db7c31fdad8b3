"""Other unpicklers and other interpreters: copies of pickle.py, subinterpreters, children with a bare environment."""

import importlib
import io
import json
import os
import pickle
import runpy
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from bench.guard import marker
from bench.guard.way import DEADLINE_S, Sent, way

ROOT = Path(__file__).parents[3]
LOADS = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import json, pickle
from bench.guard import marker

def load(data):
    return pickle.loads(data)

try:
    load(bytes.fromhex(sys.argv[1]))
finally:
    print(json.dumps(marker.state()))
"""


@way("copy-run", "copy", "a copy of pickle.py, run under another name",
     "vendored by libraries that need a newer or a stable unpickler",
     "https://docs.python.org/3/library/runpy.html#runpy.run_path",
     "https://github.com/pitrou/pickle5-backport")  # fmt: skip
def copy_run(sent: Sent) -> object:
    """The file of the standard library, as a module `own_pickle`."""
    copied = runpy.run_path(pickle.__file__, run_name="own_pickle")
    return copied["_loads"](sent.pickled())


@way("copy-no-audit", "copy", "a copy of pickle.py from before audit events",
     "Python 3.7 had none, and what was copied then has none now",
     "https://github.com/python/cpython/blob/3.7/Lib/pickle.py",
     "https://docs.python.org/3/library/audit_events.html", told_as="older_pickle")  # fmt: skip
def copy_no_audit(sent: Sent) -> object:
    """The file without the lines that raise events, imported as a module beside the program."""
    text = Path(pickle.__file__).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "sys.audit(" not in line]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "older_pickle.py").write_text("\n".join(lines), encoding="utf-8")
        sys.path.insert(0, folder)
        try:
            older = importlib.import_module("older_pickle")
        finally:
            sys.path.remove(folder)
    return older._Unpickler(io.BytesIO(sent.pickled())).load()


@way("reloaded", "copy", "importlib.reload(pickle), then a find_class of its own",
     "the classes are new ones, and nobody has replaced anything in them",
     "https://docs.python.org/3/library/importlib.html#importlib.reload", told_as="pickle")  # fmt: skip
def reloaded(sent: Sent) -> object:
    """As test suites and development servers do; afterwards the module is as before."""
    before = dict(vars(pickle))
    try:
        importlib.reload(pickle)

        class Own(pickle._Unpickler):
            def find_class(self, module: str, name: str) -> object:
                return getattr(importlib.import_module(module), name)

        return Own(io.BytesIO(sent.pickled())).load()
    finally:
        vars(pickle).update(before)


@way("subinterpreter", "interpreter", "a subinterpreter",
     "audit hooks that were added in Python belong to one interpreter",
     "https://peps.python.org/pep-0578/", "https://docs.python.org/3/library/sys.html#sys.addaudithook")  # fmt: skip
def subinterpreter(sent: Sent) -> None:
    """The same text as in a child, in an interpreter beside this one."""
    names = ("_xxsubinterpreters", "_interpreters")
    interpreters = next(importlib.import_module(name) for name in names if importlib.util.find_spec(name))
    reading, writing = os.pipe()
    told = f"open({writing}, 'w', closefd=False).write"
    text = LOADS.replace("sys.argv[1]", repr(sent.pickled().hex())).replace("print(", f"{told}(")
    interpreter = interpreters.create()
    try:
        interpreters.run_string(interpreter, text)
    finally:
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            marker.told(tuple(json.loads(said.read() or "[false, false]")))
        interpreters.destroy(interpreter)


def _in_child(sent: Sent, *options: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [sys.executable, *options, "-c", LOADS, sent.pickled().hex()],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False, env=environment,
    )  # fmt: skip
    if not done.stdout:
        raise RuntimeError(done.stderr[-300:])
    marker.told(tuple(json.loads(done.stdout)))


@way("child", "process", "python -c, started by subprocess", "a new interpreter without any hook of its parent's",
     "https://docs.python.org/3/library/subprocess.html")  # fmt: skip
def child(sent: Sent) -> None:
    """A program of the server's own."""
    _in_child(sent)


@way("child-isolated", "process", "python -I -c",
     "environment variables are ignored, PYTHONPATH among them",
     "https://docs.python.org/3/using/cmdline.html#cmdoption-I")  # fmt: skip
def child_isolated(sent: Sent) -> None:
    """Neither sitecustomize nor a startup variable counts."""
    _in_child(sent, "-I")


@way("child-no-site", "process", "python -S -c",
     "the module site is not imported, so neither .pth files nor sitecustomize are read",
     "https://docs.python.org/3/using/cmdline.html#cmdoption-S", told_as="-S")  # fmt: skip
def child_no_site(sent: Sent) -> None:
    """Nothing of an environment is run at the start."""
    _in_child(sent, "-S")


@way("child-empty-environment", "process", "python -c with env={}",
     "whatever a parent hands down in variables is gone",
     "https://docs.python.org/3/library/subprocess.html#subprocess.Popen")  # fmt: skip
def child_empty_environment(sent: Sent) -> None:
    """As programs do that start others cleanly."""
    _in_child(sent, environment={})


@way("fork", "process", "os.fork, then a load in the child", "the child goes on in the middle of the program",
     "https://docs.python.org/3/library/os.html#os.fork")  # fmt: skip
def fork(sent: Sent) -> None:
    """The child tells by its exit code."""
    if (pid := os.fork()) == 0:
        with suppress(Exception):
            pickle.loads(sent.pickled())
        os._exit(marker.fired + 2 * marker.calmed)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    marker.told((bool(code & 1), bool(code & 2)))
