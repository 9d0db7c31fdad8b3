"""What each writer of a trace makes of the one fixed outcome, byte for byte."""

import pytest
from msgspec.structs import replace

from gnomon.core.finding import Skipped
from gnomon.render.page import Style
from gnomon.render.trace_formats import FORMATS, writer
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, VLLM, outcome

# What is in a page has golden files of its own: tests/render/html/test_pictures.py.
STYLES = {
    "trace.txt": Style(),
    "trace-80.txt": Style(width=80),
    "trace-120-color.txt": Style(width=120, color=True),
    "trace-80-ascii.txt": Style(width=80, ascii=True),
}


@pytest.mark.parametrize("name", STYLES)
def test_text_is_as_reviewed(matches_golden, name):
    """Three targets and their lineage: in a pipe, on a narrow terminal, on a wide one with colour, and in ASCII."""
    told = writer("text")(outcome(SGLANG, VLLM, CLEAN, lineage=LINEAGE, style=STYLES[name]))

    assert matches_golden(name, told.data)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"text", "html"}))
def test_each_format_is_as_reviewed(matches_golden, name):
    """Three targets and their lineage, in every format."""
    assert matches_golden(f"trace.{name}", writer(name)(outcome(SGLANG, VLLM, CLEAN, lineage=LINEAGE)).data)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"html"}))
def test_copies_without_a_lineage_are_as_reviewed(matches_golden, name):
    """One target that copied something."""
    assert matches_golden(f"trace-one.{name}", writer(name)(outcome(SGLANG)).data)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"html"}))
def test_nothing_found_is_as_reviewed(matches_golden, name):
    """One target that copied nothing, as far as it could be looked at."""
    incomplete = replace(CLEAN, skipped=(Skipped(path="a.py", reason="not Python 3.11"),))

    assert matches_golden(f"trace-none.{name}", writer(name)(outcome(incomplete)).data)
