"""`gnomon report`: one page from the files of many runs, and what it says of files that are something else."""

import io
import json
import re
import sys
import webbrowser

import pytest

from gnomon.cli import report
from gnomon.cli.main import run
from gnomon.render.document import encoded
from tests.render.html.pictures_sample import DROPPED, everything


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder that is worked in, with a file of each kind."""
    monkeypatch.chdir(tmp_path)
    whole = everything()
    for name, documents in {
        "scan": whole.scans,
        "trace": whole.traces,
        "audit": whole.audits,
        "probe": whole.probes,
    }.items():
        (tmp_path / f"{name}.json").write_bytes(encoded(documents[0]))
    (tmp_path / "guard.jsonl").write_text(f"{json.dumps(DROPPED)}\n" * 2)
    return tmp_path


def test_one_page_is_made_of_all_kinds(files, capfd):
    """Its name is printed, and nothing else; it has a section for each."""
    names = ["scan.json", "trace.json", "audit.json", "probe.json", "guard.jsonl"]

    assert run(["report", *names]) == 0

    assert capfd.readouterr() == ("gnomon-report.html\n", "")
    document = (files / "gnomon-report.html").read_text(encoding="utf-8")
    sections = re.findall(r'<section id="(\w+)"', document)
    assert sections[:7] == ["summary", "exposure", "findings", "lineage", "packages", "sockets", "held"]


def test_a_run_can_be_handed_over_by_a_pipe(files, capfd, monkeypatch):
    """`gnomon scan . --format json | gnomon report -`, and the page goes where the user wants it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((files / "scan.json").read_bytes())))

    assert run(["report", "-", "-o", "page.html"]) == 0

    assert capfd.readouterr() == ("page.html\n", "")
    assert "<article" in (files / "page.html").read_text(encoding="utf-8")


def test_what_is_no_report_makes_the_page_incomplete(files, capfd):
    """The others are shown; what is wrong with each, and what to type, is said here and on the page."""
    (files / "bad.json").write_text('{"version": "2.1.0", "runs": []}')

    assert run(["report", "scan.json", "bad.json", "none.json", "scan.json", "-o", "p.html"]) == 4

    assert capfd.readouterr().err == (
        "gnomon: bad.json is SARIF, which has less than a report.\n"
        "try: the same command with --format json, and what it writes\n"
        "gnomon: none.json can't be read: there is no such file.\n"
        "gnomon: scan.json: the same is in scan.json: it is shown once\n"
    )
    document = (files / "p.html").read_text(encoding="utf-8")
    assert "it is SARIF, which has less than a report" in document
    assert "there is no such file" in document


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to report on was named.\ntry: gnomon scan . --format json"),
        (["none.json"], "none.json can't be read: there is no such file.\ntry: gnomon scan . --format json"),
        (["scan.json", "-o", "no/page.html"], "there is no folder no.\ntry: mkdir -p no"),
    ],
)
def test_no_page_is_made_of_nothing(files, capfd, arguments, said):
    """A wrong call says what to type, and leaves no file."""
    assert run(["report", *arguments]) == 2

    assert said in capfd.readouterr().err
    assert not list(files.glob("**/*.html"))


def test_all_files_together_have_a_limit(files, capfd, monkeypatch):
    """What is beyond is told."""
    size = (files / "scan.json").stat().st_size
    monkeypatch.setattr(report, "MAX_BYTES", size + 10)

    assert run(["report", "scan.json", "probe.json"]) == 4

    assert re.search(r"probe.json can't be read: .*larger than the limit", capfd.readouterr().err)


def test_the_browser_is_opened_when_asked(files, capfd, monkeypatch):
    """With the file's address; by default only on a terminal of a desktop, and a browser that fails is told."""
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)))

    assert run(["report", "scan.json"]) == 0
    assert opened == []
    assert run(["report", "scan.json", "--open"]) == 0

    assert opened == [(files / "gnomon-report.html").as_uri()]
    assert "no browser could be started; open gnomon-report.html in one" in capfd.readouterr().err
