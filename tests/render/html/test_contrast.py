"""Every pair of text and ground that the page has can be read: WCAG 2.2's level AA, computed."""

import re
from importlib.resources import files

import pytest

STYLE = (files("gnomon.render.html") / "style.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "panel", "sunk")
INKS = (
    "ink", "soft", "dim", "accent", "critical", "high", "medium", "low", "note", "good", "warn", "bad",
)  # fmt: skip
SCHEMES = dict(zip(("light", "dark", "print"), re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL), strict=True))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read(scheme):
    """At least 4.5 to 1 (https://www.w3.org/TR/WCAG22/#contrast-minimum), in each scheme."""
    colors = _colors(scheme)

    low = {
        f"{ink} on {ground}": round(ratio, 2)
        for ink in INKS
        for ground in GROUNDS
        if (ratio := contrast(colors[ink], colors[ground])) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_marks_can_be_told_from_their_ground(scheme):
    """Borders of fields, dots and bars: at least 3 to 1 (https://www.w3.org/TR/WCAG22/#non-text-contrast)."""
    colors = _colors(scheme)

    low = {ground for ground in GROUNDS if contrast(colors["line-strong"], colors[ground]) < 3}
    assert low == set()


def test_the_schemes_have_the_same_colours_and_no_rule_has_another():
    """Whatever is coloured is coloured by a role, so that it is one of the pairs above."""
    assert {tuple(_colors(scheme)) for scheme in SCHEMES} == {tuple(_colors("light"))}
    rules = STYLE.replace("".join(SCHEMES.values()), "")
    for roles in SCHEMES.values():
        rules = rules.replace(roles, "")
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", rules) == []


def contrast(one: str, other: str) -> float:
    """From 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colors(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", SCHEMES[scheme]))
