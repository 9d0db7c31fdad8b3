"""What is declared is what is imported, and starting up stays quick."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

# Loaded when a verb needs them, never to print a version or a help page.
LATE = {
    "rich", "packaging", "platformdirs", "tomllib", "json", "asyncio", "socket", "subprocess", "zipfile", "tarfile",
    "importlib.metadata", "yaml", "mcp", "anyio",
    "gnomon.io", "gnomon.knowledge", "gnomon.python", "gnomon.render", "gnomon.scan",
}  # fmt: skip
STARTED = {"pytest"}
"""Declared, and started as a program of its own, not imported."""


def test_declared_dependencies_are_the_imported_ones(root, modules):
    """Every third-party module imported in src is declared, extras included, and everything declared is imported."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    declared = {_normal(re.split(r"[<>=!~\[; ]", line)[0]) for line in lines}
    owners = packages_distributions()

    imported = {
        _normal(owners[name][0])
        for module in modules
        for name in _roots(module.tree)
        if name not in sys.stdlib_module_names | {"gnomon", "_sha2", "compression"}  # of Python 3.12, and of 3.14
    }

    assert imported == declared - STARTED


def test_the_version_option_loads_nothing_it_does_not_need():
    """`gnomon --version` imports click and the command table, not the engine, the knowledge or rich."""
    loaded = _modules_loaded_by("--version")

    assert {name for name in loaded if any(name == late or name.startswith(f"{late}.") for late in LATE)} == set()


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["scan", "--help"]])
def test_help_and_version_start_quickly(arguments):
    """Help and version pages load at most 150 modules beyond a bare interpreter's."""
    bare = _modules_loaded(["-c", "pass"])

    assert len(_modules_loaded_by(*arguments) - bare) <= 150


def test_a_page_is_imported_when_it_is_asked_for():
    """Other formats load nothing of what makes pages."""
    writing = "import sys; from gnomon.render.formats import FORMATS, writer; [writer(name) for name in FORMATS if {}]"
    told = "; print(any(name.startswith('gnomon.render.html') for name in sys.modules))"

    loaded = [
        subprocess.run([sys.executable, "-c", writing.format(which) + told], capture_output=True, text=True, check=True)
        for which in ("name != 'html'", "name == 'html'")
    ]

    assert [result.stdout for result in loaded] == ["False\n", "True\n"]


def _modules_loaded_by(*arguments: str) -> set[str]:
    return _modules_loaded(["-m", "gnomon", *arguments])


def _modules_loaded(arguments: list[str]) -> set[str]:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True
    )
    lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


def _roots(tree: ast.AST) -> set[str]:
    roots = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.split(".")[0])
    return roots


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
