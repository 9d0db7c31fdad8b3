"""The reference of the model format, read from the docstrings of `gnomon.core.model`."""

import ast
from pathlib import Path
from typing import NamedTuple

from blocks import block

HEAD = "<!-- generated from src/gnomon/core/model.py by `make docs`; edit that file instead -->\n"


class Key(NamedTuple):
    """One key of a table: how it is written, what it holds, what it means."""

    name: str
    holds: str
    default: str
    meaning: str


class Table(NamedTuple):
    """One class of the module, as the table of a TOML file."""

    name: str
    meaning: str
    keys: list[Key]


def model_reference(root: Path) -> str:
    """docs/models.md, whole."""
    module = ast.parse((root / "src" / "gnomon" / "core" / "model.py").read_text(encoding="utf-8"))
    tables = {node.name: _table(node) for node in module.body if isinstance(node, ast.ClassDef)}
    model = tables.pop("Model")
    del tables["Knowledge"]
    written_as = {_item(key.holds): key.name for key in model.keys}
    parts = [
        HEAD,
        "# The model format\n",
        _introduction(ast.get_docstring(module) or ""),
        "## Top level\n",
        _markdown([key for key in model.keys if _item(key.holds) not in tables]),
    ]
    parts += [_section(table, written_as) for table in tables.values()]
    parts.append(f"## Values\n\n{block('values', root)}\n")
    return "\n".join(parts)


def _introduction(docstring: str) -> str:
    first, *rest = docstring.split("\n\n")
    lines = [f"{first.replace(chr(10), ' ')}\n", "How to add one: [CONTRIBUTING](../CONTRIBUTING.md).\n"]
    for paragraph in rest:
        listing = paragraph.startswith("    ")
        lines.append(f"```\n{_dedented(paragraph)}\n```\n" if listing else f"{paragraph}\n")
    return "\n".join(lines)


def _dedented(paragraph: str) -> str:
    return "\n".join(line[4:] for line in paragraph.split("\n"))


def _section(table: Table, written_as: dict[str, str]) -> str:
    title = f"`[[{written_as[table.name]}]]`" if table.name in written_as else table.name
    return f"## {title}\n\n{table.meaning}\n\n{_markdown(table.keys)}"


def _markdown(keys: list[Key]) -> str:
    rows = [f"| `{key.name}` | {key.holds} | {key.default} | {key.meaning} |" for key in keys]
    return "\n".join(["| key | holds | default | meaning |", "|---|---|---|---|", *rows]) + "\n"


def _table(node: ast.ClassDef) -> Table:
    keys = []
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign):
            keys.append(
                Key(
                    name=ast.unparse(field.target),
                    holds=_holds(field.annotation),
                    default=_default(field.value),
                    meaning=_cell(_string(after)),
                )
            )
    return Table(node.name, _cell(ast.get_docstring(node) or ""), keys)


def _holds(annotation: ast.expr) -> str:
    written = ast.unparse(annotation)
    plain = {"str": "text", "bool": "true or false", "int": "number", "int | None": "number", "Names": "list of texts"}
    plain |= {"tuple[Condition, ...]": "list of conditions", "dict[str, str]": "table of texts"}
    if written.startswith("tuple["):
        return plain.get(written, _item(written))
    return plain.get(written, written.removesuffix(" | None").lower() if "Kind" not in written else "source kind")


def _item(holds: str) -> str:
    return holds.removeprefix("tuple[").removesuffix(", ...]")


def _default(value: ast.expr | None) -> str:
    if value is None:
        return "required"
    written = ast.unparse(value)
    empty = {"()", "''", "None", "field(default_factory=dict)"}
    return "" if written in empty else f"`{written.lower() if written in {'True', 'False'} else written}`"


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
