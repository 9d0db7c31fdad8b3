"""Builds the documentation's site from the Markdown of this repository, into build/site.

The files stay as they are for readers of the repository. Here they are copied, with links turned to where the pages lie
on the site, and given to Zensical, whose strict mode ends the build on a page or anchor that does not exist. Nothing is
loaded from elsewhere: that is looked for in what came out.
"""

import json
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from pages import navigation, place  # noqa: E402 (beside this file)

WORK = ROOT / "build"
PAGES, SITE = WORK / "pages", WORK / "site"
_FENCE = re.compile(r"^ *```")
_LINK = re.compile(r"(?P<before>\]\()(?P<target>[^)\s]+)(?P<after>\))")
_SPANS = re.compile(r"(`+[^`]*`+)")
_COMMENT = re.compile(r"^<!-- .* -->$")
_ITEM = re.compile(r"\d+\. ")
_BESIDE = (".svg", ".yml")  # files that pages link to
_SHIM = re.compile(r'<script src="https://unpkg\.com/iframe-worker/shim"[^>]*></script>')
_LOADED = re.compile(r"""<(?:script|link|img|iframe|source|video)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//""")


def main() -> int:
    """Build, or say what is wrong; 0 if the site is whole and self-contained."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.rmtree(SITE, ignore_errors=True)
    parts = navigation(ROOT)
    wrong = stage(parts)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    (WORK / "zensical.toml").write_text(configuration(parts), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", "zensical.toml"]
    built = subprocess.run(command, cwd=WORK, check=False)
    if built.returncode:
        return built.returncode
    replace_shim()
    return report()


def stage(parts: dict[str, dict[str, str]]) -> list[str]:
    """Copies all pages into PAGES, and pictures that they show; returns what is missing, a line each."""
    pages = [file for part in parts.values() for file in part.values()]
    wrong = [f"{file}: the navigation names it, and it is not there" for file in pages if not (ROOT / file).exists()]
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")}
    wrong += [f"{file}: name it in tools/site/pages.py" for file in sorted(there - set(pages))]
    for file in () if wrong else pages:
        target = PAGES / place(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        text, broken = page(file, (ROOT / file).read_text(encoding="utf-8"), frozenset(pages))
        target.write_text(text, encoding="utf-8")
        wrong += [f"{file}: {link} is no page of the site" for link in broken]
    for name in ("site.css", "site.svg"):
        shutil.copy(Path(__file__).with_name(name), PAGES / name)
    return wrong


def page(file: str, text: str, pages: frozenset[str]) -> tuple[str, list[str]]:
    """The page as Zensical reads it, and the links in it that lead to no page."""
    if not file.endswith(".md"):
        return f"# {Path(file).name.capitalize()}\n\n```text\n{text}```\n", []
    broken: list[str] = []
    lines: list[str] = []
    fenced = item = False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        # Where GitHub sees the next item, Python's Markdown needs an empty line behind a paragraph; and what belongs
        # to an item begins below its first word there, four columns in here.
        if item and not fenced and _ITEM.match(line):
            lines.append("")
        item = bool(_ITEM.match(line)) or (item and (not line or line.startswith("   ")))
        shown = line if fenced else _turned(line, file, pages, broken)
        lines.append(f" {shown}" if item and line.startswith("   ") else shown)
    return "\n".join(lines) + "\n", broken


def _turned(line: str, file: str, pages: frozenset[str], broken: list[str]) -> str:
    if _COMMENT.match(line):
        return ""

    def turned(match: re.Match[str]) -> str:
        target, _, anchor = match["target"].partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return match[0]
        linked = posixpath.normpath(posixpath.join(posixpath.dirname(file), target))
        if linked in pages:
            there = _from_page(place(linked), file)
        elif linked.endswith(_BESIDE) and (ROOT / linked).is_file():
            there = _copied(linked, file)
        else:
            broken.append(match["target"])
            there = target
        return f"{match['before']}{there}{'#' if anchor else ''}{anchor}{match['after']}"

    # A link's text may hold code; only what lies in code as a whole is none.
    return line if not _LINK.search(_SPANS.sub("", line)) else _LINK.sub(turned, line)


def _copied(linked: str, file: str) -> str:
    """Where a file that is no page lies, seen from the page."""
    target = PAGES / "files" / Path(linked).name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / linked, target)
    return _from_page(f"files/{target.name}", file)


def _from_page(there: str, file: str) -> str:
    return posixpath.relpath(there, posixpath.dirname(place(file)) or ".")


def configuration(parts: dict[str, dict[str, str]]) -> str:
    """zensical.toml with the navigation."""
    rows = [f"  {{ {json.dumps(title)} = [{_entries(pages)}] }}," for title, pages in parts.items()]
    static = Path(__file__).with_name("zensical.toml").read_text(encoding="utf-8")
    return static.replace("[project]\n", "[project]\nnav = [\n" + "\n".join(rows) + "\n]\n", 1)


def _entries(pages: dict[str, str]) -> str:
    """Titles and places as inline tables; JSON's strings are TOML's."""
    return ", ".join(f"{{ {json.dumps(title)} = {json.dumps(place(file))} }}" for title, file in pages.items())


def replace_shim() -> None:
    """Opened from a folder, Zensical's search needs a script that it loads from elsewhere: ours takes its place."""
    shutil.copy(Path(__file__).with_name("offline.js"), SITE)
    for path in SITE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        ours = "../" * (len(path.relative_to(SITE).parts) - 1) + "offline.js"
        path.write_text(_SHIM.sub(f'<script src="{ours}"></script>', text), encoding="utf-8")


def report() -> int:
    """Says how large the site is, or what of it comes from elsewhere (1)."""
    pages = sorted(SITE.rglob("*.html"))
    loaded = [
        f"{path.relative_to(SITE)}: {match[0]}"
        for path in pages
        for match in _LOADED.finditer(path.read_text(encoding="utf-8"))
    ]
    if loaded:
        print("loaded from elsewhere:", *loaded, sep="\n", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    print(f"build/site/index.html: {len(pages)} pages, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
