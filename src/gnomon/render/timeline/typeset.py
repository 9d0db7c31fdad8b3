"""How wide text is before anybody draws it, so that a layout can keep pieces of text apart.

The widths are Helvetica's, which Arial and Liberation Sans share. A writer tells the viewer the width that was reckoned
with (`textLength`), so that another font is stretched or squeezed a little, and never runs into its neighbour.
"""

from gnomon.render.escape import visible
from gnomon.render.page import cells

_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    334: "(){}-`r",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckvxsyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
"""Thousandths of the size."""
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}
_BOLD = 1.07


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width in pixels of one line at that size, to a tenth, rounded up for scripts that are not measured."""
    thousandths = sum(_WIDTH.get(char) or (1000 if cells(char) else 0) for char in text)
    return round(thousandths * size / 1000 * (_BOLD if bold else 1), 1)


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """`text`, made visible, in at most `room` pixels: what is too much is left out in its middle."""
    shown = visible(text)
    if text_width(shown, size, bold=bold) <= room and len(shown) <= room:
        return shown
    # The end of a name says more than its middle; bisecting, since text may be as long as a file.
    fewest, most = 0, min(len(shown) - 1, int(room))
    while fewest < most:
        kept = (fewest + most + 1) // 2
        if text_width(_cut(shown, kept), size, bold=bold) <= room:
            fewest = kept
        else:
            most = kept - 1
    return _cut(shown, fewest)


def _cut(text: str, kept: int) -> str:
    """`kept` characters of it, and a mark where others were."""
    head = (kept + 1) // 2
    return f"{text[:head]}…{text[len(text) - (kept - head) :]}"
