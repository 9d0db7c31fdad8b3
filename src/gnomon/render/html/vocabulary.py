"""The elements and attributes that the page may have, and what the attributes' values look like: closed lists."""

import re

_HTML = """
a abbr article aside b br button caption code col colgroup dd details div dl dt em fieldset figcaption figure footer
h1 h2 h3 h4 h5 header hr input kbd label legend li main nav ol option output p pre section select small span strong
summary table tbody td tfoot th thead time tr ul
"""
_SVG = """
svg g path rect circle ellipse line polyline polygon text tspan title desc defs pattern clipPath use marker symbol a
"""
_VOID = "br col hr input"
_SHAPES = "path rect circle ellipse line polyline polygon use"
_OWN_LINE = """
article aside dd details div dl dt fieldset figure footer h1 h2 h3 h4 header li main nav ol p pre section table tbody
thead tr ul svg g path rect
"""
_WORDY = """
class type scope role for name colspan rowspan headers hidden open checked tabindex data-severity data-for
aria-labelledby aria-describedby aria-controls aria-hidden aria-live aria-current aria-expanded
"""
_FREE = "aria-label title placeholder value datetime data-text lang autocomplete"
_GEOMETRIC = """
viewBox width height x y x1 y1 x2 y2 dx dy cx cy r rx ry d points transform preserveAspectRatio patternUnits
font-size text-anchor dominant-baseline textLength lengthAdjust stroke-width stroke-dasharray fill stroke opacity
focusable
"""
_PATTERNS = {
    _GEOMETRIC: re.compile(r"[A-Za-z0-9 .,%#()_-]*"),
    _WORDY: re.compile(r"[A-Za-z0-9 _-]*"),
    _FREE: re.compile(r".*", re.DOTALL),
    "id": re.compile(r"[A-Za-z][A-Za-z0-9_-]*"),
    "href": re.compile(
        r"#[A-Za-z][A-Za-z0-9_-]*|https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?"
    ),
}

ELEMENTS = frozenset((*_HTML.split(), *_SVG.split()))
VOID = frozenset(_VOID.split())
"""Elements that have nothing in them, and no end."""
SHAPES = frozenset(_SHAPES.split())
"""Elements of SVG that most often have nothing in them: these need no end then."""
OWN_LINE = frozenset(_OWN_LINE.split())
"""Elements that are begun on a line of their own: blanks mean nothing there, and two pages can be compared."""
ATTRIBUTES = {name: pattern for names, pattern in _PATTERNS.items() for name in names.split()}
"""Attribute -> what its value is like as a whole. Text is escaped, what a browser acts on is narrowed down."""
