"""The scanner never does what it warns of: it neither unpickles nor runs what it reads."""

import ast
from collections.abc import Iterator

# Names are spelled as they would be written in our source; naming them in a string or a TOML model is fine.
FORBIDDEN_MODULES = {
    "pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "jsonpickle", "yaml",
    "runpy", "imp", "code", "codeop", "pty", "ctypes",
}  # fmt: skip
YAML_READER = "deployment/documents.py"
YAML_NAMES = {"parse", "CSafeLoader", "SafeLoader", "YAMLError"}
"""What is taken from PyYAML beside the classes of events: nothing that constructs an object."""
GUARD_HOLDS = {"pickle", "_pickle", "marshal"}
"""What guard imports to hold it. It loads a marker of its own at the start, and received messages without classes."""
GUARD_IMPORTS_FOR_OTHERS = {"guard/arrivals.py", "guard/pythonpath/sitecustomize.py"}
"""Stand between the interpreter and its own importers, for the program that is guarded."""
FORBIDDEN_CALLS = {"eval", "exec", "__import__"}
FORBIDDEN_ATTRIBUTES = {
    "extractall", "extract", "import_module", "exec_module", "load_module", "system", "popen", "unpack_archive",
}  # fmt: skip


def test_nothing_dangerous_is_imported(modules):
    """No module of the product imports a deserializer that runs code, or a way to run other code in-process."""
    found = [
        f"{module.path}: {name}"
        for module in modules
        for name in _imported(module.tree)
        if name.split(".")[0] in FORBIDDEN_MODULES
        and (module.path, name.split(".")[0]) != (YAML_READER, "yaml")
        and not (module.layer == "guard" and name.split(".")[0] in GUARD_HOLDS)
    ]

    assert found == []


def test_yaml_is_parsed_into_events_and_never_loaded(modules):
    """The one module that imports PyYAML uses its parser's events, which construct no object."""
    reader = next(module for module in modules if module.path == YAML_READER)
    used = {
        node.attr
        for node in ast.walk(reader.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "yaml"
    }

    assert "parse" in used
    assert {name for name in used if not name.endswith("Event")} <= YAML_NAMES


def test_nothing_read_is_executed_imported_or_unpacked(modules):
    """No eval, exec or dynamic import, no unpacking to disk, no shell."""
    found = [
        f"{module.path}:{call.lineno} {name}"
        for module in modules
        for call, name in _calls(module.tree)
        if module.path not in GUARD_IMPORTS_FOR_OTHERS
        if name in FORBIDDEN_CALLS or name.rpartition(".")[2] in FORBIDDEN_ATTRIBUTES or _uses_shell(call)
    ]

    assert found == []


def test_compile_only_ever_parses(modules):
    """The built-in compile() is called with PyCF_ONLY_AST or not at all."""
    found = [
        f"{module.path}:{call.lineno}"
        for module in modules
        for call, name in _calls(module.tree)
        if name == "compile" and "PyCF_ONLY_AST" not in ast.unparse(call)
    ]

    assert found == []


def test_network_and_processes_are_reached_from_one_place(modules):
    """Only `io` and guard start processes. wire opens connections: by libzmq, and in mode `tls` by itself.

    `wire/names.py` asks what a name's addresses are, and connects to nothing.
    """
    talkers = {
        module.path
        for module in modules
        for name in _imported(module.tree)
        if name.split(".")[0] in {"socket", "subprocess", "urllib", "http", "ssl", "asyncio"}
        and not name.startswith("urllib.parse")
    }

    assert {path for path in talkers if not path.startswith(("io/", "wire/tls/", "guard/"))} == {
        "wire/asyncio.py",
        "wire/names.py",
    }


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node, ast.unparse(node.func)


def _uses_shell(call: ast.Call) -> bool:
    return any(
        keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
        for keyword in call.keywords
    )
