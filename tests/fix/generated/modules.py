"""Generated modules as files: imported from a folder, and looked at by the tools that people use."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from gnomon.core.patch import Section
from gnomon.fix.sections import composed


def imported(sections: tuple[Section, ...], folder: Path) -> ModuleType:
    """The module that the sections make."""
    ((path, text),) = composed(sections).items()
    (folder / path).write_text(text)
    spec = importlib.util.spec_from_file_location(path.removesuffix(".py"), folder / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def complaints(sections: tuple[Section, ...], folder: Path) -> str:
    """What ruff, as it comes, and mypy, as strict as it gets, say of the module."""
    for path, text in composed(sections).items():
        (folder / path).write_text(text)
    commands = (
        (
            "ruff",
            "check",
            "--isolated",
            "--no-cache",
            "--extend-select",
            "D,E,I,B,UP,SIM,W,RUF",
            "--ignore",
            "D105,D107",
        ),
        ("ruff", "format", "--isolated", "--no-cache", "--check"),
        ("mypy", "--strict", "--no-incremental", "--config-file="),
    )
    said = []
    for tool, *arguments in commands:
        command = [str(Path(sys.executable).with_name(tool)), *arguments, str(folder)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        said += [ran.stdout + ran.stderr] if ran.returncode else []
    return "".join(said)
