"""Any module is the same whether it is parsed at once, or first as an outline and then body by body."""

import ast

from gnomon.python.outline import Outline, outlined
from gnomon.python.text import searchable

_FILLER = b"".join(b"value_%d = %d  # makes the file long enough for an outline\n" % (n, n) for n in range(90))
_BODY = b"".join(b"        value_%d = '''%d'''\n" % (n, n) for n in range(20))
SEEDS = (
    b"class C(B):\n    def f(self, a=(1,\n 2)):\n" + _BODY + b"    # comment\n\nx = 1\n",
    b"@d\nasync def f(a: 'x: y' = \"\"\"\n'''\"\"\") -> int:  # :\n    '''doc'''\n"
    + _BODY.replace(b"        ", b"    "),
    b"def f[T](a): return 1\ndef g(\n): \\\n  pass\nif x:\n    def h():\n" + _BODY + b"else:\n    y = 1\n",
)


def once(data: bytes) -> None:
    """The trees are equal, where Python parses the module at all."""
    text = _FILLER + searchable(data)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    noted: list[str] = []
    outline = outlined(text, noted.append)
    if outline is not None:
        filled(outline.tree, outline)
        assert not noted
        assert dumped(outline.tree) == dumped(tree)


def filled(node: ast.AST, outline: Outline) -> None:
    """Puts every body back, also those inside of one that was put back."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        fold = outline.fold(node.lineno)
        if fold is not None and isinstance(node.body[0], ast.Pass):
            node.body = outline.body(fold)
    for inner in ast.iter_child_nodes(node):
        filled(inner, outline)


def dumped(tree: ast.Module) -> str:
    """Every node with its place; where compound statements end may be a comment further on."""
    for node in ast.walk(tree):
        if hasattr(node, "body") and hasattr(node, "end_lineno"):
            node.end_lineno = node.end_col_offset = 0
    return ast.dump(tree, include_attributes=True)
