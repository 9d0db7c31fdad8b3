"""The style sheet of the pictures: light and dark, by what the viewer prefers."""

_LIGHT = {
    "paper": "#ffffff",
    "band": "#f5f7f9",
    "rule": "#e3e7ec",
    "year": "#c3cad3",
    "strong": "#1b1f24",
    "plain": "#2c333b",
    "dim": "#5f6873",
    "arrow": "#4f6db0",
    "flawed": "#c4262e",
    "eased": "#a86a00",
    "safe": "#00785a",
    "unknown": "#6a7480",
}
_DARK = {
    "paper": "#0f1318",
    "band": "#171c23",
    "rule": "#242b34",
    "year": "#3a4350",
    "strong": "#f2f5f8",
    "plain": "#d5dbe2",
    "dim": "#98a3b0",
    "arrow": "#86a5ea",
    "flawed": "#ff6b66",
    "eased": "#f0b132",
    "safe": "#3ec99d",
    "unknown": "#98a3b0",
}

# Explicit colours instead of variables: not every viewer of SVG knows those.
_COLORED = """\
.paper,.band.plain{{fill:{paper}}}
.band{{fill:{band}}}
.rule{{stroke:{rule}}}
.rule.year{{stroke:{year}}}
.text{{stroke:{paper}}}
.text.strong{{fill:{strong}}}
.text.plain{{fill:{plain}}}
.text.dim{{fill:{dim}}}
.text.flawed,.mark.flawed{{fill:{flawed}}}
.text.eased,.mark.eased,.text.warning{{fill:{eased}}}
.text.safe,.mark.safe{{fill:{safe}}}
.text.unknown{{fill:{unknown}}}
.mark{{stroke:{paper}}}
.mark.unknown{{fill:{paper};stroke:{unknown}}}
.arrow .way{{stroke:{arrow}}}
.arrow .head,.branch{{fill:{arrow}}}
.branch{{stroke:{paper}}}
.stretch.flawed{{stroke:{flawed}}}
.stretch.eased{{stroke:{eased}}}
.stretch.safe{{stroke:{safe}}}
.stretch.unknown{{stroke:{unknown}}}
"""
_SHAPES = """\
svg{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}
.text{stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.bold{font-weight:bold}
.rule,.way,.stretch{fill:none}
.mark{stroke-width:1.5}
.mark.unknown{stroke-width:2}
.mark.small{stroke-width:0}
.mark.small.unknown{stroke-width:1.5}
.stretch{stroke-width:3}
.stretch.unknown{stroke-width:1.5;stroke-dasharray:3 3}
.way{stroke-width:1.6}
.medium .way{stroke-dasharray:7 4}
.low .way{stroke-dasharray:1.5 3.5}
"""
STYLE = f"""
{_SHAPES}{_COLORED.format(**_LIGHT)}@media (prefers-color-scheme:dark){{
{_COLORED.format(**_DARK)}}}
"""
"""Classes: text and inks, marks and stretches by tone, arrows by confidence."""
