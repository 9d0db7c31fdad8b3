"""Functions and files stay small enough to be read at once."""

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 400
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "stuff"}


def test_no_function_is_longer_than_sixty_lines(modules):
    """A function has at most 60 lines, its docstring not counted."""
    long = [
        f"{module.path}:{function.lineno} {function.name}: {_length(function)} lines"
        for module in modules
        for function in _functions(module.tree)
        if _length(function) > MAX_FUNCTION_LINES
    ]

    assert long == []


def test_no_file_is_longer_than_four_hundred_lines(modules):
    """A module has at most 400 lines."""
    long = [
        f"{module.path}: {module.text.count(chr(10))} lines"
        for module in modules
        if module.text.count("\n") > MAX_FILE_LINES
    ]

    assert long == []


def test_module_names_are_nouns_of_the_field(modules):
    """No module or folder hides behind a name that says nothing."""
    nameless = [
        module.path for module in modules if SAYS_NOTHING & set(module.path.removesuffix(".py").lower().split("/"))
    ]

    assert nameless == []


def test_package_files_hold_a_docstring_and_nothing_else(modules):
    """An `__init__.py` below the top is one docstring, but for the library that others import: wire."""
    full = [
        module.path
        for module in modules
        if module.path.endswith("/__init__.py")
        and module.path != "wire/__init__.py"
        and [type(node) for node in module.tree.body] != [ast.Expr]
    ]

    assert full == []


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _length(function: Function) -> int:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)
