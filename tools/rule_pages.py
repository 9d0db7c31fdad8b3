"""One page a rule, and their index, from the rules' own files."""

import tomllib
from pathlib import Path

import msgspec

from gnomon.core.rule import Rule
from gnomon.render.rule_page import markdown, severity

HEAD = "<!-- generated from src/gnomon/knowledge/data/rules by `make docs`; edit the rule instead -->\n"


def rules(root: Path) -> list[Rule]:
    """Every rule, by id."""
    folder = root / "src" / "gnomon" / "knowledge" / "data" / "rules"
    return [
        msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Rule) for path in sorted(folder.glob("*.toml"))
    ]


def rule_pages(root: Path) -> dict[str, str]:
    """File name -> text of every page under docs/rules."""
    found = rules(root)
    pages = {f"{rule.id}.md": _page(rule) for rule in found}
    pages["README.md"] = _index(found)
    return pages


def rule_table(found: list[Rule], folder: str = "") -> str:
    """The rules as a Markdown table, linked to their pages in `folder`."""
    rows = [
        f"| [{rule.id}]({folder}{rule.id}.md) | {rule.title} | {'yes' if rule.default else 'no'} |" for rule in found
    ]
    return "\n".join(["| rule | what is wrong | on by default |", "|---|---|---|", *rows])


def _index(found: list[Rule]) -> str:
    return f"{HEAD}\n# Rules\n\n`gnomon explain RULE` shows the same pages in the terminal.\n\n{rule_table(found)}\n"


def _page(rule: Rule) -> str:
    facts = [
        f"- severity: {severity(rule)}",
        f"- on by default: {'yes' if rule.default else f'no (`--rule {rule.id}` or `--all`)'}",
        f"- bytes from: {', '.join(rule.sources)}",
        f"- weakness: {', '.join(rule.cwe)}",
    ]
    return "\n".join([HEAD, f"# {rule.id}\n\n{rule.title}.\n", "\n".join(facts) + "\n", markdown(rule) + "\n"])
