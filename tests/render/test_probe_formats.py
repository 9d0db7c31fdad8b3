"""What each writer of a probe makes of one fixed answer, byte for byte; and of text that wants to be obeyed."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from msgspec.structs import replace

from gnomon.render.page import Style
from gnomon.render.probe_formats import FORMATS, writer
from tests.render.probe_sample import OUTCOMES, OWNER, ROWS, outcome

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text())
STYLES = {
    "probe.txt": Style(),
    "probe-80.txt": Style(width=80),
    "probe-120-color.txt": Style(width=120, color=True),
    "probe-80-ascii.txt": Style(width=80, ascii=True),
}
WRITERS = {name: (name, Style()) for name in FORMATS} | {
    "text-80": ("text", Style(width=80)),
    "text-color": ("text", Style(width=40, color=True)),
}
OUR_COLORS = re.compile(r"\x1b\[[0-9;]*m")
LABELS = re.compile(r'(\w+)="((?:[^"\\\n]|\\[\\"n])*)"')
SAMPLE_LINE = re.compile(r'\w+(?:\{(?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? [0-9.]+')
slowly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", STYLES)
def test_text_is_as_reviewed(matches_golden, name):
    """Every verdict: in a pipe, on a narrow terminal, on a wide one with colour, and in ASCII."""
    assert matches_golden(name, writer("text")(outcome(style=STYLES[name])).data)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"text", "html"}))
def test_each_format_is_as_reviewed(matches_golden, name):
    """Every verdict, in every format."""
    assert matches_golden(f"probe.{name}", writer(name)(outcome()).data)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_nothing_to_show_is_a_document_too(name):
    """No row, no finding."""
    empty = replace(outcome(rows=()), counts={"closed": 9})

    assert writer(name)(empty).data.endswith(b"\n")


@pytest.mark.parametrize("name", WRITERS)
@slowly
@given(told=OUTCOMES)
@example(told=outcome())
def test_no_writer_passes_on_what_would_be_obeyed(name, told):
    """Every line is UTF-8, printable, and no command for the build system that collects it."""
    format_, style = WRITERS[name]
    for line in writer(format_)(replace(told, style=style)).data.decode().replace("\r\n", "\n").split("\n"):
        plain = OUR_COLORS.sub("", line) if name == "text-color" else line
        assert plain.isprintable(), plain
        assert not plain.lstrip().startswith("::"), plain
        assert "##[" not in plain, plain
        assert "##vso[" not in plain.lower(), plain


@slowly
@given(told=OUTCOMES)
@example(told=outcome())
def test_sarif_is_valid(told):
    """By the standard's own schema."""
    jsonschema.validate(json.loads(writer("sarif")(told).data), SCHEMA)


@slowly
@given(told=OUTCOMES)
@example(told=outcome())
def test_csv_has_as_many_cells_in_each_line_and_no_formula(told):
    """A spreadsheet shows text, whatever it says."""
    head, *lines = csv.reader(io.StringIO(writer("csv")(told).data.decode(), newline=""))

    assert len(lines) == len(told.rows)
    assert all(len(line) == len(head) for line in lines)
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


@slowly
@given(told=OUTCOMES)
@example(told=outcome())
def test_metrics_are_well_formed(told):
    """Each line is a comment or a sample, and no sample is there twice: the collector refuses the whole file then."""
    lines = writer("prometheus")(told).data.decode().splitlines()
    samples = [line for line in lines if not line.startswith("# ")]

    assert all(SAMPLE_LINE.fullmatch(line) for line in samples)
    names = [line.rpartition(" ")[0] for line in samples]
    assert len(names) == len(set(names))


def test_metrics_name_no_process_id():
    """A restart makes no new series."""
    labels = [name for name, _ in LABELS.findall(writer("prometheus")(outcome()).data.decode())]

    assert "pid" not in labels
    assert str(OWNER.pid) not in writer("prometheus")(outcome()).data.decode()
    assert len(ROWS) > 3
