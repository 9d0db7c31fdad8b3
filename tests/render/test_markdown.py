"""A comment in Markdown: counts, folded findings, and within the size that GitHub takes."""

from msgspec.structs import replace

from gnomon.core.finding import Report, Skipped
from gnomon.core.severity import Severity
from gnomon.core.site import CodeSite, Span, Step
from gnomon.render.markdown import LIMIT, write
from gnomon.render.markup import cell, code, html, prose
from tests.render.sample import CLEAN, CRITICAL, NOTE, REPORT, outcome


def test_the_table_has_the_numbers_of_each_target():
    """One row a target; zero is not emphasised, so that the others are seen."""
    lines = _comment(REPORT, CLEAN).splitlines()

    assert lines[1] == "### gnomon: 4 findings, but incomplete"
    assert "| `inference-server-1.2.tar.gz` | **1** | **1** | **1** | **1** | **1** | **2** |" in lines
    assert "| `src` | 0 | 0 | 0 | 0 | 0 | 0 |" in lines


def test_a_finding_is_folded_under_its_headline():
    """The headline has severity, place and message; below it are the flow with places, the endpoint and the remedy."""
    comment = _comment(replace(CLEAN, target=".", findings=(CRITICAL,)))

    assert (
        "<details><summary><b>critical</b> <code>engine/rpc/codec.py:12</code> <code>pickle.loads()</code> unpickles "
    ) in comment
    assert "1. `engine/rpc/server.py:38` bytes arrive on the ZeroMQ socket\n   <br>`frames = self.socket" in comment
    assert "**Endpoint:** bind `tcp://*:{port}`, reach any-host, no authentication" in comment
    assert f"**Remedy:** {CRITICAL.remedy}" in comment


def test_worst_first_across_targets():
    """A target's notes come after another target's critical finding."""
    comment = _comment(replace(CLEAN, findings=(NOTE,)), replace(CLEAN, target="lib", findings=(CRITICAL,)))

    assert comment.index("<b>critical</b>") < comment.index("<b>note</b>")


def test_a_comment_is_within_githubs_limit_and_says_what_is_left_out():
    """The mildest findings are left out and counted, in the comment and on the command line."""
    findings = (*[CRITICAL] * 3, *[replace(CRITICAL, severity=Severity.HIGH)] * 2000)

    document = write(outcome(replace(CLEAN, findings=findings)))
    comment = document.data.decode()
    shown = comment.count("<details>")

    assert LIMIT - 5000 < len(comment) <= LIMIT == 65_536
    assert comment.count("<b>critical</b>") == 3
    assert document.left_out.startswith(f"Left out: {2003 - shown:,} findings, the mildest. ")
    assert comment.endswith(f"\n{document.left_out}\n")
    assert "| **3** | **2,000** |" in comment


def test_no_number_of_targets_flows_or_skips_breaks_the_limit():
    """Long lists are shortened, each with a count of what is left out."""
    step = Step(
        site=CodeSite(path="p" * 900, span=Span(line=1, end_line=1), code="c" * 200), role="sink", note="@ " * 900
    )
    long = replace(CRITICAL, flow=(step,) * 1000, message="@ " * 9000, remedy="@ " * 9000)
    skips = tuple(Skipped(path="s" * 900, reason="r" * 900) for _ in range(5000))

    comment = _comment(*[replace(CLEAN, target="t" * 900, findings=(long,), skipped=skips)] * 300)

    assert len(comment) <= LIMIT
    assert "and 260 more targets" in comment
    assert "Left out: " in comment


def test_a_long_flow_keeps_its_ends():
    """The middle is left out and counted."""
    steps = tuple(Step(site=CRITICAL.site, role="argument", note=f"step {number}") for number in range(100))

    comment = _comment(replace(CLEAN, findings=(replace(CRITICAL, flow=steps),)))

    assert "1. `src/engine/rpc/codec.py:12` step 0\n" in comment
    assert "\n\n(70 steps left out)\n\n86. " in comment
    assert "100. `src/engine/rpc/codec.py:12` step 99\n" in comment


def test_plain_words_stay_words_and_everything_else_is_code():
    """Quoted code is code without its quotes; a stop after a word is no part of it."""
    assert prose("`recv()` unpickles bytes from tcp://*:{port}, no authentication (yet).") == (
        "`recv()` unpickles bytes from `tcp://*:{port}`, no authentication (yet)."
    )
    assert html("x < y & 10") == "x <code>&lt;</code> y <code>&amp;</code> 10"
    assert prose("@x #1 www.a.b a@b.c 1. deadbeef1") == "`@x` `#1` `www.a.b` `a@b.c` `1`. `deadbeef1`"


def test_code_is_fenced_by_more_backticks_than_it_has():
    """And by a space where it begins or ends with one."""
    assert code("a`b``c") == "```a`b``c```"
    assert code("`a`") == "`` `a` ``"
    assert code("") == ""
    assert cell("a|b") == r"`a\x7cb`"


def _comment(*reports: Report) -> str:
    return write(outcome(*reports)).data.decode()
