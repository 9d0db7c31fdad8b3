"""Placeholder until delivery is merged: PYTHONPATH only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .settings import Settings, write

_SHIM = """import importlib.util, os, sys
where = {where!r}
spec = importlib.util.spec_from_file_location('_gnomon_guard', where + '/__init__.py', submodule_search_locations=[where])
module = importlib.util.module_from_spec(spec)
sys.modules['_gnomon_guard'] = module
spec.loader.exec_module(module)
from _gnomon_guard.bootstrap import activate
activate(os.environ['GNOMON_GUARD'])
"""


def run(settings: Settings, command: Sequence[str], environments: Sequence[Path], ended: Callable[[Path], None]) -> int:
    """The command's exit code."""
    folder = Path(tempfile.mkdtemp(prefix="gnomon-guard-"))
    try:
        write(settings._replace(run=str(folder), supervisor=os.getpid()))
        (folder / "learned").mkdir()
        (folder / "shim").mkdir()
        (folder / "shim" / "sitecustomize.py").write_text(_SHIM.format(where=str(Path(__file__).parent)))
        path = os.pathsep.join(filter(None, [str(folder / "shim"), os.environ.get("PYTHONPATH", "")]))
        code = subprocess.run(
            list(command), env=os.environ | {"PYTHONPATH": path, "GNOMON_GUARD": str(folder)}, check=False
        ).returncode
        ended(folder)
        return code if code >= 0 else 128 - code
    finally:
        shutil.rmtree(folder)
