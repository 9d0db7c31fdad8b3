"""Tables about signatures: the fields of their files, from the docstrings of `gnomon.core.signature`, and the pack."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gnomon.knowledge.signatures import load

HOLDS = {
    "int": "number",
    "str": "text",
    "tuple[int, int]": "two numbers",
    "tuple[str, ...]": "list of texts",
    "tuple[int, ...]": "text: the hashes, 5 bytes each, big-endian, in base64",
    "tuple[Definition, ...]": "tables `[[definitions]]`",
    "tuple[Repair, ...]": "tables `[[repairs]]`",
    "Origin": "table `[origin]`",
}


def fields(root: Path, name: str) -> str:
    """The fields of the class `name`, as rows of Markdown."""
    module = ast.parse((root / "src" / "gnomon" / "core" / "signature.py").read_text(encoding="utf-8"))
    choices = dict(_choices(module))
    rows = ["| key | holds | default | meaning |", "|---|---|---|---|"]
    node = next(each for each in module.body if isinstance(each, ast.ClassDef) and each.name == name)
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign):
            holds = ast.unparse(field.annotation)
            default = "required" if field.value is None else ast.unparse(field.value).replace("()", "[]")
            meaning = _text(after) or _meaning(ast.unparse(field.target))
            rows.append(
                f"| `{ast.unparse(field.target)}` | {choices.get(holds) or HOLDS[holds]} | {default} | {meaning} |"
            )
    return "\n".join(rows)


def pack() -> str:
    """The signatures that come with gnomon, by project."""
    rows = ["| id | learned from | what it is | later |", "|---|---|---|---|"]
    for each in sorted(load().signatures(), key=lambda signature: signature.id):
        later = ", ".join(f"{repair.release}: {repair.kind}" for repair in each.repairs)
        advisories = f" ({', '.join(each.advisories)})" if each.advisories else ""
        rows.append(
            f"| `{each.id}` | {each.origin.project} {each.origin.release} | {each.title}{advisories} | {later} |"
        )
    return "\n".join(rows)


def _choices(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The closed sets of words, by the name they have."""
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            words = [ast.literal_eval(each) for each in ast.walk(node.value) if isinstance(each, ast.Constant)]
            yield ast.unparse(node.targets[0]), ", ".join(f"`{word}`" for word in words)


def _meaning(key: str) -> str:
    """For keys that the class leaves to their names."""
    return {"format": "Version of the format: 1.", "id": "Lower-case words joined by `-`; the file's name."}.get(
        key, ""
    )


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split()).replace("|", "\\|")
    return ""
