"""What the releases of a survey say together, as a page: how much, which packages, through whom, where it still is."""

from gnomon.render.ecosystem_json import JsonEcosystem
from gnomon.render.html.ecosystem import families, overview, packages, propagation, standing
from gnomon.render.html.page import framed
from gnomon.render.page import counted

_SECTIONS = (overview.section, packages.section, propagation.section, standing.section, families.section)


def ecosystem_page(whole: JsonEcosystem) -> bytes:
    """The whole document in UTF-8; the same bytes for the same answers."""
    sections = [section for make in _SECTIONS if (section := make(whole)) is not None]
    title = f"Survey of {counted(whole.summary.targets, 'target')} in {counted(whole.summary.packages, 'package')}"
    return framed(title, "", sections)
