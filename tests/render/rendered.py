"""What GitHub's renderer makes of Markdown."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
from cmarkgfm.cmark import Options


class Rendered(HTMLParser):
    """The elements but for code, and the text outside of code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, tuple[Any, ...]]] = Counter()
        self.prose: list[str] = []
        self.blocks: list[str] = []
        """The text of each code block."""
        self._depth = 0
        self._in_block = False
        self.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Counts an element, or begins code."""
        if tag == "code":
            assert not attrs
            self._depth += 1
        else:
            self.elements[tag, tuple(attrs)] += 1
        if tag == "pre":
            self.blocks.append("")
            self._in_block = True

    def handle_endtag(self, tag: str) -> None:
        """Ends code."""
        self._depth -= tag == "code"
        self._in_block = self._in_block and tag != "pre"

    def handle_data(self, data: str) -> None:
        """Keeps text by where it is."""
        if self._in_block:
            self.blocks[-1] += data
        if not self._depth:
            self.prose.append(data)
