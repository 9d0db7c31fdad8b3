"""The demo as text: steps with their commands, what these have printed, shortened, and what there is to keep of it.

Nothing is drawn over: what is printed stays, so that it reads the same on a terminal, in a pipe and in a file.
"""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from gnomon.core.tour import GAP, Step
from gnomon.render.escape import visible
from gnomon.render.page import ASCII, Page, Style, Words

COLUMNS = 80
INDENT = "  "
_FURTHER = "    "
_PAINT = re.compile(r"(\x1b\[[0-9;]*m)")


def heading(step: Step, number: int, of: int, style: Style) -> str:
    """What a step begins with."""
    page = Page(style)
    page.line()
    page.verbatim(Words(f"── {number} of {of} · {step.name} ".ljust(COLUMNS, "─"), "gutter"))
    page.line(Words(step.title, "strong"))
    page.line(Words(step.text))
    return page.text()


def command(groups: Iterable[str], style: Style) -> str:
    """A command as it is typed, in groups of words; a shell takes its further lines as it takes one."""
    rows: list[str] = []
    for group in filter(None, groups):
        if rows and len(f"{_FURTHER}{rows[-1]} {group} \\") <= COLUMNS:
            rows[-1] += f" {group}"
        else:
            rows.append(group)
    page = Page(style)
    page.line()
    for number, row in enumerate(rows):
        begin, end = _FURTHER if number else "$ ", "" if number == len(rows) - 1 else " \\"
        page.verbatim(Words(f"{begin}{row}{end}", "place"))
    return page.text()


def output(lines: Iterable[str], style: Style) -> str:
    """What a program has printed on its terminal. Of its sequences, colours alone are handed on."""
    text = "".join(f"{INDENT}{row}".rstrip() + "\n" for line in lines for row in _shown(line, style))
    return text.translate(ASCII) if style.ascii else text


def _shown(line: str, style: Style) -> list[str]:
    if line == GAP:
        return [_gap(style)]
    if not _PAINT.search(line):  # what went to standard error was not wrapped by whoever printed it
        return wrap(visible(line), COLUMNS - len(INDENT), subsequent_indent=_FURTHER, drop_whitespace=False) or [""]
    return ["".join(_pieces(line, style))]


def lesson(step: Step, style: Style) -> str:
    """What a step ends with."""
    page = Page(style)
    page.line()
    page.line(Words(step.lesson), first=Words("• ", "good"))
    return page.text()


def broken(step: Step, what: str, style: Style) -> str:
    """That a step did not show what it promises."""
    page = Page(style)
    page.line()
    page.line(Words("not as promised: ", "bad"), Words(what))
    page.line(Words(f"The step {step.name} ends here, and the demo with it: it shows nothing that did not happen."))
    return page.text()


def _pieces(line: str, style: Style) -> Iterator[str]:
    for piece in _PAINT.split(line):
        if _PAINT.fullmatch(piece):
            yield piece if style.color else ""
        else:
            yield visible(piece)


def _gap(style: Style) -> str:
    page = Page(style)
    page.verbatim(Words(GAP, "dim"))
    return page.text().strip("\n")
