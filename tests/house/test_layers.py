"""The layers hold: an import never points up, and the pure layers stay pure."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# What a pure layer may import besides gnomon and the standard library.
THIRD_PARTY = {
    "core": {"msgspec"},
    "python": {"msgspec"},
    "deployment": {"msgspec", "yaml"},
    "scan": {"msgspec"},
    "trace": {"msgspec"},
    "probe": {"msgspec"},
    "audit": {"msgspec", "packaging"},
    "fix": {"msgspec", "libcst"},
    "learn": {"msgspec"},
}


def test_every_import_contract_is_kept(root):
    """The contracts in pyproject.toml are kept, as checked by import-linter."""
    linter = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=root, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
    assert ", 0 broken" in result.stdout


def test_pure_layers_need_nothing_but_msgspec(modules):
    """They import msgspec and the standard library only; deployment has a parser of YAML, audit one of versions."""
    foreign = [
        f"{module.path}: {name}"
        for module in modules
        if module.layer in THIRD_PARTY
        for name in _roots(module.tree)
        if name not in sys.stdlib_module_names | {"gnomon"} | THIRD_PARTY[module.layer]
    ]

    assert foreign == []


def test_guard_needs_nothing_but_the_standard_library(modules):
    """Guard goes into servers whose environment is not ours: it imports nothing else, not even other layers."""
    foreign = [
        f"{module.path}: {name}"
        for module in modules
        if module.layer == "guard"
        for name in _roots(module.tree)
        if name not in sys.stdlib_module_names | {"_sha2"}  # of Python 3.12 on
    ]

    assert foreign == []


def test_the_pure_layers_open_no_file_and_print_nothing(modules):
    """core, python, deployment and scan take text and values and return values: no open(), print() or input()."""
    found = [
        f"{module.path}:{node.lineno} {node.func.id}"
        for module in modules
        if module.layer in THIRD_PARTY
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}
    ]

    assert found == []


def test_only_the_command_line_has_a_clock(modules):
    """Below cli nothing asks for the time or the day: suppressions end on the day that they are told.

    Guard's events say when they happened.
    """
    found = [
        f"{module.path}:{node.lineno} {ast.unparse(node.func)}"
        for module in modules
        if module.layer != "cli" and module.path != "guard/events.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
        and ast.unparse(node.func).rpartition(".")[2] in {"now", "today", "utcnow", "localtime", "gmtime", "time_ns"}
    ]

    assert found == []


def _roots(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
