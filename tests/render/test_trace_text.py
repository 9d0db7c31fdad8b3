"""The text of a trace says what was copied, from where, how it stands, and what was not looked at."""

from msgspec.structs import replace

from gnomon.core.finding import Skipped
from gnomon.core.lineage import Lineage
from gnomon.core.severity import Confidence
from gnomon.render.page import Style, cells
from gnomon.render.trace_text import write
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, VLLM, copy_, edge, node, outcome


def test_unsafe_copies_come_first_and_the_others_take_a_line():
    """The worst state is on top, as a card with a place that editors link."""
    lines = _lines(outcome(SGLANG))

    assert lines[0] == "UNFIXED A remote reader unpickles what the writer sends"
    assert lines[1].endswith("device_communicators/shm_broadcast.py:236 in MessageQueue")
    assert lines[2].startswith("  copied from vllm 0.6.4, 17 of 19 statements")
    assert lines[3] == "  why: `pickle.loads` is still called on what the socket received"
    assert lines[4].startswith("  says so itself, line 1: # Adapted from https://")
    assert lines[5] == "  advisories: CVE-2025-30165, GHSA-9pcc-gvx5-r5wm"
    starts = [line.split(" ")[0] for line in lines if line and line[0] != " "]
    assert starts[:4] == ["UNFIXED", "MITIGATED", "unknown", "fixed"]


def test_the_origin_is_no_copy():
    """In the project that a signature was taken from, its code is the original."""
    page = "\n".join(_lines(outcome(VLLM)))

    assert "the original of vllm 0.6.4, 17 of 19 statements" in page
    assert "copied from" not in page


def test_nothing_found_says_what_was_looked_at():
    """The number of signatures and functions; and that it is incomplete, if it is."""
    incomplete = replace(CLEAN, skipped=(Skipped(path="a.py", reason="not Python 3.11"),))

    assert "src: no copy of the 24 known signatures was found in 1,204 functions" in _lines(outcome(CLEAN))
    lines = _lines(outcome(incomplete))
    assert "src: no copy of the 24 known signatures was found in 1,204 functions, incomplete (1 skipped)" in lines
    assert "  - a.py: not Python 3.11" in lines


def test_a_family_is_a_tree():
    """Each copy stands below its source, with how sure that is and why."""
    a, b, c = (node(name, name, "f", ("1", f"2024-0{at}-01", "unfixed")) for at, name in enumerate("abc", start=1))
    lineage = Lineage(
        nodes=(c, b, a), edges=(edge("a", "b", 0.9, Confidence.HIGH), edge("b", "c", 0.5, Confidence.LOW))
    )

    lines = _lines(outcome(CLEAN, lineage=lineage))

    at = lines.index("Who took it from whom:")
    assert lines[at + 2 : at + 7] == [
        "2024-01-01 a f  unfixed (1, 2024-01-01) • dated by git history",
        "└─ 2024-02-01 b f  unfixed (1, 2024-02-01) • dated by git history",
        "   │  from a f: confidence high, similarity 0.90, 17 of 19 statements",
        "   └─ 2024-03-01 c f  unfixed (1, 2024-03-01) • dated by git history",
        "         from b f: confidence low, similarity 0.50, 10 of 19 statements",
    ]


def test_copies_that_are_still_unsafe_are_listed_before_the_trees():
    """Originals are told apart from copies."""
    lines = _lines(outcome(CLEAN, lineage=LINEAGE))

    copies, others, trees = (
        lines.index(heading)
        for heading in (
            "Copies that are still unsafe:",
            "Still unsafe too, and not known to be copies:",
            "Who took it from whom:",
        )
    )
    assert copies < others < trees
    assert lines[copies + 1].startswith("  - reintroduced aphrodite-engine/aphrodite-engine ")
    assert [line.split(" ")[4] for line in lines[others + 1 : trees - 1]] == ["vllm-project/vllm"] * 2


def test_an_empty_lineage_is_no_empty_heading():
    """Several targets that have nothing in common: one sentence says so."""
    lines = _lines(outcome(CLEAN, CLEAN, lineage=Lineage(nodes=(), edges=())))

    assert "No lineage: no code of one target was found in another." in lines
    assert "Who took it from whom:" not in lines


def test_all_states_are_counted_and_colored():
    """The verdict of a target has every state there is, in a colour that says how bad it is."""
    copies = tuple(copy_(state, at) for at, state in enumerate(("fixed", "gated", "unfixed", "unfixed", "unknown")))

    page = write(outcome(replace(SGLANG, copies=copies, skipped=()), style=Style(color=True))).data.decode()

    assert "\x1b[31m2 unfixed\x1b[0m, \x1b[33m1 gated\x1b[0m, \x1b[2m1 unknown\x1b[0m, \x1b[32m1 fixed\x1b[0m\n" in page


def test_terminal_lines_fit():
    """At 80 columns only lines that begin with a longer word are longer."""
    page = write(outcome(SGLANG, lineage=LINEAGE, style=Style(width=80))).data.decode()

    assert [line for line in page.splitlines() if cells(line) > 80 and "/" not in line and "sha256:" not in line] == []


def _lines(told) -> list[str]:
    return write(told).data.decode().splitlines()
