"""The fields of a class that is a file format, as a table: names, kinds and meanings, read from its source."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path


def field_table(file: Path, name: str, holds: Mapping[str, str], meanings: Mapping[str, str]) -> str:
    """The fields of the class `name`, as rows of Markdown.

    `holds` puts kinds into words, `meanings` is for names without a docstring.
    """
    module = ast.parse(file.read_text(encoding="utf-8"))
    choices = dict(_choices(module))
    rows = ["| key | holds | default | meaning |", "|---|---|---|---|"]
    node = next(each for each in module.body if isinstance(each, ast.ClassDef) and each.name == name)
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign):
            key, kind = ast.unparse(field.target), ast.unparse(field.annotation)
            default = "required" if field.value is None else ast.unparse(field.value).replace("()", "[]")
            meaning = _text(after) or meanings.get(key, "")
            held = choices.get(kind) or holds.get(kind) or _words(field.annotation)
            rows.append(f"| `{key}` | {held} | {default} | {meaning} |")
    return "\n".join(rows)


def _choices(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The closed sets of words, by the name they have."""
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            yield ast.unparse(node.targets[0]), _words(node.value)


def _words(node: ast.expr) -> str:
    words = [ast.literal_eval(each) for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return ", ".join(f"`{word}`" for word in words)


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split()).replace("|", "\\|")
    return ""
