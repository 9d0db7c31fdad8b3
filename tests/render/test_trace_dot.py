"""The graph says who took what from whom, and no text of a project is part of its syntax."""

import shutil
import subprocess

import pytest
from msgspec.structs import replace

from gnomon.core.lineage import Lineage
from gnomon.core.severity import Confidence
from gnomon.render.trace_dot import write
from tests.render.dot_reader import statements
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, VLLM, edge, node, outcome

A = node("a", "origin", "f", ("1", "2024-01-01", "unfixed"))
B = node("b", "copy", "f", ("1", "2024-06-01", "fixed"))


def test_an_edge_is_drawn_by_how_sure_it_is():
    """With likeness and confidence as label; nodes coloured by state, with their first day."""
    lineage = Lineage(nodes=(A, B), edges=(edge("a", "b", 0.9, Confidence.MEDIUM),))

    graph = dict(_graph(CLEAN, lineage=lineage))

    assert graph["n0", "n1"]["label"] == "0.90 medium"
    assert graph["n0", "n1"]["style"] == "dashed"
    assert graph["n0",]["label"] == "origin\nf\nunfixed, first seen 2024-01-01"
    assert graph["n0",]["color"] != graph["n1",]["color"]


@pytest.mark.parametrize(
    "text",
    [
        'say "no"',
        "ends in \\",
        '\\"',
        "\\N \\n \\l",
        "&amp; &#60;b&#62;",
        "<b>bold</b>",
        "];}",
        "a -> b",
        "{x|y}",
        "//",
    ],
)
def test_text_is_shown_as_it_is(text):
    """Quotes, backslashes, escapes of labels, HTML and syntax are nothing but text."""
    graph = dict(_graph(CLEAN, lineage=Lineage(nodes=(replace(A, qualname=text),), edges=())))

    assert graph["n0",]["label"].split("\n")[1] == text


def test_without_a_lineage_each_signature_has_its_copies():
    """One node for the signature, an edge to every copy of every target."""
    names = [names for names, _ in _graph(SGLANG, VLLM)]

    assert [name for name in names if len(name) == 2] == [("s0", f"c{at}") for at in range(5)]


def test_what_it_has_no_room_for_is_told():
    """Skipped files and copies are counted beside the graph, and the graph says that it is incomplete."""
    document = write(outcome(SGLANG, lineage=LINEAGE))

    assert document.left_out == (
        "DOT has no room for 2 skipped files and 4 copies of known signatures: `--format json` lists them."
    )
    assert b"incomplete: 2 skipped" in document.data
    assert write(outcome(CLEAN)).left_out == ""
    assert b"no copy of the 24 known signatures was found in 1,204 functions" in write(outcome(CLEAN)).data


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
@pytest.mark.parametrize("lineage", [LINEAGE, None])
def test_graphviz_draws_it(lineage):
    """Graphviz accepts the sample and has as many edges as the lineage."""
    document = write(outcome(SGLANG, VLLM, lineage=lineage)).data

    result = subprocess.run(["dot", "-Tplain"], input=document, capture_output=True, check=True)

    edges = sum(line.startswith(b"edge ") for line in result.stdout.splitlines())
    assert edges == (len(lineage.edges) if lineage else 5)
    assert result.stderr == b""


def _graph(*traced, lineage=None):
    return statements(write(outcome(*traced, lineage=lineage)).data.decode())
