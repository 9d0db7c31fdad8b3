"""What each writer of `gnomon watch` makes of one fixed report, and of text that wants to be obeyed."""

import json as stdlib_json
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gnomon.core.watch import Advised, Change, Compared, Flaw, News, Watched, WatchReport, Withdrawn
from gnomon.render import watch_markdown
from gnomon.render.page import Style
from gnomon.render.watch_formats import FORMATS, writer
from tests.render.hostile import TEXTS, harmless
from tests.render.rendered import Rendered
from tests.render.watch_sample import CHANGES, QUIET, REPORT, outcome

OUR_COLORS = re.compile(r"\x1b\[[0-9;]*m")
STYLES = {"watch.txt": Style(), "watch-80-color.txt": Style(width=80, color=True)}
KINDS = {each.kind: (each.kind, each.how) for each in CHANGES}
slowly = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])


def tuples(of: st.SearchStrategy) -> st.SearchStrategy:
    """Two at most."""
    return st.lists(of, max_size=2).map(tuple)


_FLAWS = st.builds(
    Flaw,
    rule=TEXTS,
    severity=st.sampled_from(["critical", "medium", "note"]),
    path=TEXTS,
    line=st.integers(0, 9),
    qualname=TEXTS,
    sink=TEXTS,
    message=TEXTS,
    address=TEXTS,
    fingerprint=TEXTS,
    signature=TEXTS,
    advisories=tuples(TEXTS),
)
_CHANGES = st.builds(
    Change,
    kind=st.sampled_from(sorted(KINDS)),
    how=st.sampled_from(["", "removed"]),
    note=TEXTS,
    flaw=_FLAWS,
    before=st.none() | _FLAWS,
    since=TEXTS,
    sure=st.booleans(),
)
_COMPARED = st.builds(
    Compared,
    label=TEXTS,
    against=TEXTS,
    changes=tuples(_CHANGES),
    advised=tuples(st.builds(Advised, advisory=TEXTS, before=TEXTS, now=TEXTS)),
    standing=tuples(_FLAWS),
)
_NEWS = st.builds(News, label=TEXTS, date=TEXTS, problem=TEXTS, compared=st.none() | _COMPARED, baseline=st.booleans())
_WATCHED = st.builds(
    Watched,
    name=TEXTS,
    begun=st.booleans(),
    problem=TEXTS,
    newest=TEXTS,
    news=tuples(_NEWS),
    withdrawn=tuples(st.builds(Withdrawn, label=TEXTS, why=TEXTS)),
)
REPORTS = st.builds(WatchReport, number=st.integers(1, 9), packages=tuples(_WATCHED), delayed=st.booleans())


@pytest.mark.parametrize("name", STYLES)
def test_text_is_as_reviewed(matches_golden, name):
    """Everything that can be told: in a pipe, and in colour on a terminal of 80 columns."""
    assert matches_golden(name, writer("text")(outcome(style=STYLES[name])).data)


@pytest.mark.parametrize("name", ["json", "markdown"])
def test_each_format_is_as_reviewed(matches_golden, name):
    """Everything that can be told, in the other formats."""
    assert matches_golden(f"watch.{name}", writer(name)(outcome()).data)


def test_nothing_new_is_one_line():
    """And a second one about the run."""
    first, second = writer("text")(outcome(QUIET)).data.decode().splitlines()

    assert first == "nothing new; 3 packages: 3 with nothing new"
    assert "by an earlier run" in second


def test_the_same_change_has_the_same_id_whenever_it_is_told():
    """Whoever collects reports can tell what was told before."""
    told = [stdlib_json.loads(writer("json")(outcome(replace(REPORT, number=number))).data) for number in (1, 2)]
    ids = [[change["id"] for change in each["packages"][0]["releases"][0]["changes"]] for each in told]

    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(CHANGES)


def test_markdown_says_what_it_leaves_out():
    """An issue has a limit, and a thousand changes are more."""
    news = REPORT.packages[0].news[0]
    many = replace(news, compared=replace(news.compared, changes=CHANGES * 200))
    document = writer("markdown")(outcome(WatchReport(number=1, packages=(Watched(name="pkg", news=(many,)),))))

    assert len(document.data.decode()) <= watch_markdown.LIMIT
    assert "--format json has no limit" in document.left_out


@pytest.mark.parametrize("name", [*FORMATS, "color"])
@slowly
@given(told=REPORTS)
@example(told=REPORT)
def test_no_writer_passes_on_what_would_be_obeyed(name, told):
    """Every line is UTF-8, printable, and neither is nor contains a command for the build system that collects it."""
    format_, style = ("text", Style(width=40, color=True)) if name == "color" else (name, Style())
    for line in writer(format_)(outcome(told, style)).data.decode().split("\n"):
        plain = OUR_COLORS.sub("", line) if name == "color" else line
        assert plain.isprintable(), plain
        assert not plain.lstrip().startswith("::"), plain
        assert "##[" not in plain, plain
        assert "##vso[" not in plain.lower(), plain


@slowly
@given(told=REPORTS)
@example(told=REPORT)
def test_markdown_has_the_structure_of_harmless_text(told):
    """What GitHub makes of it has the elements that plain words give, and JSON is JSON."""
    plain = harmless(told, kept=[*(text for pair in KINDS.values() for text in pair), "critical", "medium", "note"])

    assert _elements(told) == _elements(plain)
    assert stdlib_json.dumps(stdlib_json.loads(writer("json")(outcome(told)).data), ensure_ascii=False).encode()


def _elements(told: WatchReport) -> object:
    return Rendered(writer("markdown")(outcome(told)).data.decode()).elements
