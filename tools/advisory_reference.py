"""Tables about advisories: the fields of their files, from docstrings of `gnomon.core.advisory`, and a list of all."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gnomon.core.advisory import Range
from gnomon.core.purl import parsed
from gnomon.knowledge.advisories import load

HOLDS = {
    "bool": "true or false",
    "str": "text",
    "Reach": "who can reach it, as in a finding",
    "tuple[str, ...]": "list of texts",
    "tuple[Range, ...]": "list of ranges",
    "tuple[AffectedPackage, ...]": "tables `[[affected]]`",
    "tuple[FlawedCode, ...]": "tables `[[code]]`",
    "tuple[Condition, ...]": "list of conditions",
    "tuple[CheckedRelease, ...]": "tables `[[checked]]`",
    "PublicRecord": "table `[record]`",
}


def advisory_fields(root: Path, name: str) -> str:
    """The fields of the class `name`, as rows of Markdown."""
    module = ast.parse((root / "src" / "gnomon" / "core" / "advisory.py").read_text(encoding="utf-8"))
    choices = dict(_choices(module))
    rows = ["| key | holds | default | meaning |", "|---|---|---|---|"]
    node = next(each for each in module.body if isinstance(each, ast.ClassDef) and each.name == name)
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if not isinstance(field, ast.AnnAssign):
            continue
        key, kind = ast.unparse(field.target), ast.unparse(field.annotation)
        holds = choices.get(kind) or HOLDS.get(kind) or _words(field.annotation)
        default = "required" if field.value is None else ast.unparse(field.value).replace("()", "[]")
        rows.append(f"| `{key}` | {holds} | {default} | {_text(after)} |")
    return "\n".join(rows)


def advisories() -> str:
    """The advisories that come with gnomon, by package."""
    rows = [
        "| advisory | package | affected, by the files | what is wrong with the public record |",
        "|---|---|---|---|",
    ]
    order = sorted(load().advisories, key=lambda each: (each.affected[0].purl, each.id))
    for each in order:
        names = ", ".join(_name(entry.purl) for entry in each.affected)
        said = "; ".join(map(_range, each.affected[0].ranges)) or "no release"
        basis = said if each.verified else f"by the record alone: {said if each.affected[0].ranges else 'not told'}"
        rows.append(f"| {each.id} | {names} | {basis} | {each.record.wrong} |")
    return "\n".join(rows)


def _name(purl: str) -> str:
    known = parsed(purl)
    return purl if known is None else f"{known.namespace}/{known.name}".lstrip("/")


def _range(each: Range) -> str:
    start = "from the beginning" if each.introduced == "0" else f"from {each.introduced}"
    end = f"to before {each.fixed}" if each.fixed else f"to {each.last}" if each.last else "to this day"
    return f"{start} {end}"


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
