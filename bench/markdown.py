"""Rows in, Markdown table out; and the marked blocks of a page that tables are put into."""

import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the first column is left-aligned, the others right-aligned."""
    rule = ["---", *("---:" for _ in head[1:])]
    lines = [head, rule, *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share(part: int, whole: int) -> str:
    """`part/whole (percent)`, or a dash for an empty whole."""
    return f"{part}/{whole} ({100 * part / whole:.0f} %)" if whole else "-"


def filled(page: str, block: str, text: str) -> str:
    """The page with the text in the block `<!-- block:begin -->…<!-- block:end -->`. Raises ValueError without it."""
    begin, end = f"<!-- {block}:begin -->", f"<!-- {block}:end -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no block {begin} … {end}")
    return pattern.sub(lambda _: f"{begin}\n{text}\n{end}", page, count=1)


def blocks(page: str) -> tuple[str, ...]:
    """Names of the page's marked blocks."""
    return tuple(re.findall(r"<!-- ([a-z-]+):begin -->", page))


def printable(text: str) -> str:
    """The text with control characters written as escapes: paths and code come from other people's releases."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _cell(value: object) -> str:
    return printable(str(value).replace("\n", " ")).replace("|", "\\|")
