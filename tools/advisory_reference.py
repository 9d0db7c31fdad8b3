"""Tables about advisories: the fields of their files, from docstrings of `gnomon.core.advisory`, and a list of all."""

from pathlib import Path

from field_table import field_table

from gnomon.knowledge.advisories import load
from gnomon.render.advisory_page import package_name, range_words

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
    return field_table(root / "src" / "gnomon" / "core" / "advisory.py", name, HOLDS, {})


def advisories() -> str:
    """The advisories that come with gnomon, by package."""
    rows = [
        "| advisory | package | affected, by the files | what is wrong with the public record |",
        "|---|---|---|---|",
    ]
    order = sorted(load().advisories, key=lambda each: (each.affected[0].purl, each.id))
    for each in order:
        names = ", ".join(package_name(entry.purl) for entry in each.affected)
        said = "; ".join(map(range_words, each.affected[0].ranges)) or "no release"
        basis = said if each.verified else f"by the record alone: {said if each.affected[0].ranges else 'not told'}"
        rows.append(f"| {each.id} | {names} | {basis} | {each.record.wrong} |")
    return "\n".join(rows)
