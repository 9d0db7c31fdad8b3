"""The limits of reading and of the engine, read from the constants that set them."""

import ast
from pathlib import Path

ROOMS = ("io/limits.py", "deployment", "python", "scan")


def limits(root: Path) -> str:
    """A table of every limit: its name, value, and what it bounds."""
    rows = []
    for room in ROOMS:
        place = root / "src" / "gnomon" / room
        for path in [place] if place.suffix else sorted(place.glob("*.py")):
            rows += _of(
                path.read_text(encoding="utf-8"),
                f"{place.parent.name}/{path.name}" if place.suffix else f"{room}/{path.name}",
            )
    return "\n".join(["| limit | value | bounds | where |", "|---|---|---|---|", *rows])


def _of(text: str, where: str) -> list[str]:
    body = ast.parse(text).body
    body += [statement for node in body if isinstance(node, ast.ClassDef) for statement in node.body]
    rows = []
    for statement, after in zip(body, [*body[1:], None], strict=True):
        name, value = _constant(statement)
        if name.upper().startswith(("MAX_", "BUDGET", "SMALL_BUDGET")):
            rows.append(f"| `{name}` | {value:,} | {_docstring(after)} | `{where}` |")
    return rows


def _constant(statement: ast.stmt) -> tuple[str, int]:
    """Name and value of `NAME = 12` or `name: int = 12`; an empty name for anything else."""
    target = (
        statement.targets[0]
        if isinstance(statement, ast.Assign)
        else statement.target
        if isinstance(statement, ast.AnnAssign)
        else None
    )
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, int):
        return target.id, value.value
    return "", 0


def _docstring(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return " ".join(str(statement.value.value).split()).replace("|", "\\|")
    return ""
