"""Writes the parts of the documentation that the program itself knows; `--check` only compares.

Whole pages: docs/rules/*.md from the rules, docs/models.md from `gnomon.core.model`.
Files of the demo, under src/gnomon/knowledge/data/demo: copies of those in examples, which are not installed.
Blocks inside of pages written by hand, between `<!-- generated: NAME -->` and `<!-- end -->`: see `blocks.py`.
"""

import difflib
import re
import sys
from pathlib import Path

from blocks import block
from model_reference import model_reference
from rule_pages import rule_pages

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "src" / "gnomon" / "knowledge" / "data" / "demo"
BLOCK = re.compile(r"(<!-- generated: (?P<name>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated() -> dict[Path, str]:
    """Every generated page and every page with generated blocks, as it should be."""
    wanted = {ROOT / "docs" / "rules" / name: text for name, text in rule_pages(ROOT).items()}
    wanted[ROOT / "docs" / "models.md"] = model_reference(ROOT)
    for source in (*sorted((ROOT / "examples" / "toy").glob("*.py")), ROOT / "examples" / "stranger.py"):
        copy = DEMO / f"{source.relative_to(ROOT / 'examples')}.txt"  # .txt: no code of ours, to checks and to Python
        wanted[copy] = source.read_text(encoding="utf-8")
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]):
        if page not in wanted:
            wanted[page] = BLOCK.sub(_filled, page.read_text(encoding="utf-8"))
    return wanted


def stale(wanted: dict[Path, str]) -> list[Path]:
    """Pages of rules, and files of the demo, that no longer have a source."""
    return sorted({*(ROOT / "docs" / "rules").glob("*.md"), *DEMO.rglob("*.txt")} - set(wanted))


def main() -> int:
    """Write, or with `--check` print what would change and return 1."""
    wanted = generated()
    changed = {path: text for path, text in wanted.items() if _text(path) != text}
    if "--check" in sys.argv[1:]:
        for path, text in changed.items():
            print("".join(_difference(path, text)))
        for path in stale(wanted):
            print(f"{path.relative_to(ROOT)}: there is no source of it any more")
        if changed or stale(wanted):
            print("the documentation is behind the program: make docs")
        return 1 if changed or stale(wanted) else 0
    for path, text in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    for path in stale(wanted):
        path.unlink()
    return 0


def _filled(match: re.Match[str]) -> str:
    return f"{match[1]}{block(match['name'].strip(), ROOT)}\n{match[3]}"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _difference(path: Path, text: str) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    return list(
        difflib.unified_diff(
            _text(path).splitlines(keepends=True), text.splitlines(keepends=True), name, f"{name} (now)"
        )
    )


if __name__ == "__main__":
    sys.exit(main())
