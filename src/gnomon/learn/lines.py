"""What a line of Python is, in a sentence: the reason where an answer names a line that nothing is known of."""

import ast
from collections.abc import Iterator


def described(text: str, line: int) -> str:
    """One or two sentences on a line, 1-based. Text that is not Python is a line of text."""
    written = text.splitlines()[line - 1].strip()
    if not written:
        return "This line is empty."
    if written.startswith("#"):
        return "This is a comment: nothing happens here."
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return "The scanner finds nothing on this line."
    calls = list(dict.fromkeys(_calls(tree, line)))
    if calls:
        names = " and ".join(f"`{name}`" for name in calls[:3])
        return f"This line calls {names}. The scanner finds no bytes of the network there that could run code."
    return _statement(tree, line)


def _calls(tree: ast.AST, line: int) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (node.func.end_lineno or node.lineno) == line:
            yield ast.unparse(node.func)


def _statement(tree: ast.AST, line: int) -> str:
    kinds = {type(node) for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno == line}
    if kinds & {ast.Import, ast.ImportFrom}:
        return "An import only makes a name known here; it is the call that counts."
    if kinds & {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef}:
        return "Here a definition begins; it is a call inside of it that counts."
    return "Nothing is called on this line, so nothing is loaded here."
