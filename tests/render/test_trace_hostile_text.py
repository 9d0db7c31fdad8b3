"""No writer of a trace lets text from scanned code reach a terminal, a viewer or a build log unescaped."""

import json as stdlib_json
import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, example, given, settings
from msgspec.structs import replace

from gnomon.render.family import day
from gnomon.render.page import Style
from gnomon.render.trace_formats import FORMATS, writer
from gnomon.render.trace_outcome import TraceOutcome
from tests.render.dot_reader import statements
from tests.render.hostile import NASTY, harmless
from tests.render.trace_hostile import OUTCOMES
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, outcome

# Every format there is, and the looks that text has beside the plain one.
WRITERS = {name: (name, Style()) for name in FORMATS} | {
    "text-80": ("text", Style(width=80)),
    "text-color": ("text", Style(width=40, color=True)),
    "text-ascii": ("text", Style(ascii=True)),
}
OUR_COLORS = re.compile(r"\x1b\[[0-9;]*m")
slowly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
SAMPLE = outcome(SGLANG, CLEAN, lineage=LINEAGE)


@pytest.mark.parametrize("name", WRITERS)
@slowly
@given(told=OUTCOMES)
@example(told=SAMPLE)
def test_no_writer_passes_on_what_would_be_obeyed(name, told):
    """Every line is UTF-8, printable, and neither is nor contains a command for the build system that collects it."""
    for line in _written(name, told).split("\n"):
        plain = OUR_COLORS.sub("", line) if name == "text-color" else line
        assert plain.isprintable(), plain
        assert not plain.lstrip().startswith("::"), plain
        assert "##[" not in plain, plain
        assert "##vso[" not in plain.lower(), plain


@slowly
@given(told=OUTCOMES)
@example(told=SAMPLE)
def test_json_decodes_strictly(told):
    """A strict parser accepts it, and it can be written as UTF-8 again."""
    document = stdlib_json.loads(_written("json", told))

    assert stdlib_json.dumps(document, ensure_ascii=False).encode()


@slowly
@given(told=OUTCOMES)
@example(told=SAMPLE)
def test_svg_has_the_structure_of_harmless_text(told):
    """It parses, and its elements are of the kinds that plain words give; so no text is markup."""
    kinds = set(_shape(_written("svg", harmless(told, kept=_days(told)))))

    assert set(_shape(_written("svg", told))) <= kinds | set(_shape(_written("svg", SAMPLE)))


@slowly
@given(told=OUTCOMES)
@example(told=SAMPLE)
def test_svg_text_is_printable_once_parsed(told):
    """What a browser shows acts on nothing."""
    for element in ET.fromstring(_written("svg", told)).iter():
        for text in (element.text or "", *element.attrib.values()):
            assert all(line.isprintable() for line in text.split("\n")), text


@slowly
@given(told=OUTCOMES)
@example(told=SAMPLE)
def test_dot_has_the_structure_of_harmless_text(told):
    """It is a graph with the statements and attributes that plain words in the same places give."""
    assert _graph(_written("dot", told)) == _graph(_written("dot", harmless(told)))


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_reads_all_of_it_as_text():
    """Graphviz itself accepts a graph with every nasty text in its labels."""
    nasty = outcome(*(replace(SGLANG, target=text) for text in NASTY))

    result = subprocess.run(["dot", "-Tplain"], input=_written("dot", nasty).encode(), capture_output=True, check=False)

    assert (result.returncode, result.stderr) == (0, b"")


def _written(name: str, told: TraceOutcome) -> str:
    format_, style = WRITERS[name]
    return writer(format_)(replace(told, style=style)).data.decode()


def _days(told: TraceOutcome) -> list[str]:
    nodes = told.lineage.nodes if told.lineage else ()
    dates = [text for node in nodes for text in (node.first_seen, *(moment.date for moment in node.moments))]
    return [text for text in dates if day(text)]


def _shape(document: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements in order; the titles, of which shortened text has more, are looked at for markup alone."""
    root = ET.fromstring(document)
    assert all(not title.attrib and not len(title) for title in root.iter("{*}title"))
    return [(each.tag, tuple(each.attrib)) for each in root.iter() if not each.tag.endswith("}title")]


def _graph(document: str) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(names, list(attributes)) for names, attributes in statements(document)]
