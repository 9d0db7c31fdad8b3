"""Tables about signatures: the fields of their files, from the docstrings of `gnomon.core.signature`, and the pack."""

from pathlib import Path

from field_table import field_table

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
MEANINGS = {"format": "Version of the format: 1.", "id": "Lower-case words joined by `-`; the file's name."}
"""Of keys that the class leaves to their names."""


def fields(root: Path, name: str) -> str:
    """The fields of the class `name`, as rows of Markdown."""
    return field_table(root / "src" / "gnomon" / "core" / "signature.py", name, HOLDS, MEANINGS)


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
