"""The prose of lessons on a page for a terminal."""

from collections.abc import Iterator

from gnomon.render.page import Page, Words
from gnomon.render.prose import Block, blocks, spans

INDENT = "  "


def write_prose(page: Page, text: str) -> None:
    """Adds the text, indented, with an empty line between paragraphs and none between the items of a list."""
    former: Block | None = None
    for block in blocks(text):
        if former is not None and not (former.mark and block.mark):
            page.blank()
        if block.code:
            for line in block.lines:
                page.verbatim(Words(f"{INDENT}    {line}", "place"))
        else:
            first = f"{INDENT}{block.mark} " if block.mark else INDENT
            page.line(*inline(page, block.text), first=Words(first))
        former = block


def inline(page: Page, text: str) -> tuple[Words, ...]:
    """A paragraph's words in their styles. Where nothing is painted, code keeps its backticks."""
    return tuple(_styled(page, text))


def _styled(page: Page, text: str) -> Iterator[Words]:
    open_parentheses = 0
    for span in spans(text):
        if span.code:
            yield Words(span.text if page.color else f"`{span.text}`", "place")
        elif span.strong:
            yield Words(span.text, "strong")
        elif span.link:
            # no parentheses in parentheses
            before, after = (": ", "") if open_parentheses > 0 else (" (", ")")
            yield from (Words(span.text), Words(before), Words(span.link, "place"), Words(after))
        else:
            yield Words(span.text)
        open_parentheses += span.text.count("(") - span.text.count(")")
