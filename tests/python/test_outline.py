"""An outline with its bodies put back is the module as it is parsed at once."""

import ast
from pathlib import Path

import pytest

from gnomon.core.tree import SourceFile
from gnomon.python.outline import Outline, outlined
from gnomon.python.project import Project

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted(
    path for folder in ("src", "tests/cases", "tests/render", "bench") for path in ROOT.glob(f"{folder}/**/*.py")
)
FILLER = "\n".join(f"value_{number} = {number}  # makes the file long enough for an outline" for number in range(100))
LONG = "\n".join(f"        value_{number} = {number}  # makes the body worth leaving out" for number in range(10))


def _whole(data: bytes) -> str | None:
    """The module with every body put back, as text; None if it has no outline."""
    outline = outlined(data, pytest.fail)
    if outline is None:
        return None
    _fill(outline.tree, outline)
    return _dumped(outline.tree)


def _fill(node: ast.AST, outline: Outline) -> None:
    """Put every body back, also those inside of one that was put back."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        fold = outline.fold(node.lineno)
        if fold is not None and isinstance(node.body[0], ast.Pass):
            node.body = outline.body(fold)
    for inner in ast.iter_child_nodes(node):
        _fill(inner, outline)


def _dumped(tree: ast.AST) -> str:
    """Every node with its place; where compound statements end may be a comment further on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and hasattr(node, "body"):
            node.end_lineno = node.end_col_offset = 0
    return ast.dump(tree, include_attributes=True)


def test_real_files_are_the_same_in_parts():
    """Source files of the project, every third of them: all take ten seconds."""
    compared = 0
    for path in SOURCES[::3]:
        whole = _whole(path.read_bytes())
        if whole is not None:
            compared += 1
            assert whole == _dumped(ast.parse(path.read_bytes())), path
    assert compared > 50


def test_a_definition_can_be_completed_alone():
    """It is then as it is parsed at once, its end as well; the others are left out still."""
    text = f"""{FILLER}
class A:
    x = 1

    def f(self):
{LONG}
        # a comment behind it

    if x:
        def g(self):
{LONG.replace("        ", "            ")}
            # and another

def h():
{LONG.replace("        ", "    ")}
    # and another
"""
    outline = outlined(text.encode(), pytest.fail)
    whole = ast.parse(text)
    assert outline is not None
    a, h = (next(node for node in outline.tree.body if getattr(node, "name", "") == name) for name in "Ah")

    outline.complete(a)

    ends = [
        [(node.name, node.end_lineno) for node in ast.walk(each) if hasattr(node, "name")]
        for each in (a, whole.body[-2])
    ]
    assert ends[0] == ends[1]
    assert _dumped(a) == _dumped(whole.body[-2])
    assert isinstance(h.body[0], ast.Pass)


@pytest.mark.parametrize(
    "function",
    [
        "def f(a, b=')', *, c: 'x:y' = {1: 2}) -> dict[str, int]:",
        "async def f(\n    a,  # a colon: and a bracket (\n    b=lambda x: x,\n):",
        "@decorator(a=1)\ndef f(): # nothing follows",
        "def f[T: (int, str)](a: T) -> T:" if hasattr(ast, "TypeVar") else "def f(a) :",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        '    """Text with def g(): in it\nand a line at the margin.\n    """\n    return 1',
        "    x = '''\ndef not_a_function():\n    pass\n'''\n    return x",
        "    x = [\n1,\n]\n    return x",
        "    # a comment first\n\n    if a:\n        return 1\n# a comment at the margin\n    return 2",
        '    x = "it\\"s" + "\\\\"\n    y = \'"""\'  # """ in a comment\n    return x',
        "    def inner():\n        return 1\n    return inner",
    ],
)
def test_bodies_end_where_python_ends_them(function, body):
    """Strings, brackets, comments and decorators don't mislead."""
    text = f"{FILLER}\n{function}\n{body}\n{LONG[4:].replace(chr(10) + '        ', chr(10) + '    ')}\n\nafter = 1\n"

    whole = _whole(text.encode())

    assert whole is None or whole == _dumped(ast.parse(text))


def test_a_broken_body_costs_itself_and_is_noted():
    """The rest of the module is there, and the note says which line is not."""
    text = f"{FILLER}\ndef broken():\n    x = = 1\n{LONG.replace('        ', '    ')}\n\ndef sound():\n    return 1\n"
    project = Project([SourceFile(path="a.py", data=text.encode())])

    module = project.module("a.py")
    assert module is not None
    names = [scope.name for scope in module.children]
    bindings = module.children[0].facts.bindings

    assert names == ["broken", "sound"]
    assert "value_3" in bindings
    assert project.skipped == {("a.py", "not this Python's syntax; analysed without line 102")}


def test_a_form_feed_hides_nothing():
    """Behind it the indentation is counted anew: what follows is no part of the function above."""
    text = f"{FILLER}\nimport pickle\n\n\ndef f():\n{LONG}\n \x0cpickle.loads(b'')\n"
    project = Project([SourceFile(path="a.py", data=text.encode())])

    assert [scope.qualname for _, scope in project.calls_in("a.py", "loads")] == ["<module>"]
