"""Reports of many runs on one page: nothing twice, nothing left out without a word."""

from msgspec.structs import replace

from gnomon.render.html.gathering import From, gathered
from gnomon.render.html.page import page
from gnomon.render.html.reading import Problem
from tests.render.html.contents_sample import MADE
from tests.render.html.pictures_sample import DROPPED, events, everything
from tests.render.sample import RULES

WHOLE = everything()
[SCAN], [TRACE], [AUDIT], [PROBE] = WHOLE.scans, WHOLE.traces, WHOLE.audits, WHOLE.probes


def gather(*found):
    """The contents of a page of these files."""
    return gathered([From(file, part) for file, part in found], RULES, MADE, "0.1.0")


def test_each_kind_is_put_where_it_belongs():
    """A page of all kinds is titled by what was looked at."""
    run = events(DROPPED, file="guard.jsonl")

    contents = gather(("s", SCAN), ("t", TRACE), ("a", AUDIT), ("p", PROBE), ("guard.jsonl", run))

    assert (contents.scans, contents.traces, contents.audits) == ((SCAN,), (TRACE,), (AUDIT,))
    assert (contents.probes, contents.guards) == ((PROBE,), (run,))
    assert contents.title.startswith(SCAN.target)
    assert (contents.unread, contents.remarks) == ((), ())


def test_the_same_report_is_shown_once():
    """Whatever its file is called; a remark tells."""
    contents = gather(
        ("a.json", SCAN), ("b.json", SCAN), ("1", events(DROPPED, file="1")), ("2", events(DROPPED, file="2"))
    )

    assert contents.scans == (SCAN,)
    assert len(contents.guards) == 1
    assert [(remark.path, remark.note) for remark in contents.remarks] == [
        ("b.json", "the same is in a.json: it is shown once"),
        ("2", "the same is in 1: it is shown once"),
    ]


def test_different_reports_on_targets_of_one_name_are_told_apart():
    """`this host` is another one on each host, and nothing says which report is the newer one: all are shown."""
    later = replace(SCAN, findings=SCAN.findings[1:])

    contents = gather(("a.json", SCAN), ("b.json", later), ("b.json", replace(later, findings=())))

    target = SCAN.target
    assert [scan.target for scan in contents.scans] == [
        f"{target} (a.json)",
        f"{target} (b.json)",
        f"{target} (b.json, 2)",
    ]
    assert [remark.path for remark in contents.remarks] == ["a.json", "b.json"]
    assert "in 3 different reports, and all are shown" in contents.remarks[0].note


def test_files_that_could_not_be_read_are_on_the_page():
    """Among what could not be looked at, so that nobody takes the page for complete."""
    contents = gather(("a.json", SCAN), ("b.json", Problem(where="b.json", what="is no JSON (truncated)")))

    assert [(entry.path, entry.reason) for entry in contents.unread] == [("b.json", "it is no JSON (truncated)")]
    document = page(contents).decode()
    assert "b.json" in document
    assert "it is no JSON (truncated)" in document
