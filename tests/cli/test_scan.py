"""`gnomon scan`: exit codes, thresholds, several targets, files."""

import json

import pytest


@pytest.mark.parametrize(
    ("address", "load", "options", "code"),
    [
        ("tcp://*:5557", "len", [], 0),
        ("tcp://*:5557", "pickle.loads", [], 1),
        ("tcp://127.0.0.1:5557", "pickle.loads", [], 1),
        ("tcp://127.0.0.1:5557", "pickle.loads", ["--min-severity", "high"], 0),
        ("tcp://127.0.0.1:5557", "pickle.loads", ["--min-severity", "note"], 1),
        ("tcp://*:5557", "pickle.loads", ["--min-severity", "critical"], 1),
        ("tcp://*:5557", "pickle.loads", ["--rule", "pickle-from-file"], 0),
    ],
)
def test_findings_at_or_above_the_threshold_fail(gnomon, project, address, load, options, code):
    """Exit code 1 with a shown finding, 0 without."""
    result = gnomon("scan", project("server", address=address, load=load), *options)

    assert (result.returncode, result.stderr) == (code, "")


def test_incomplete_wins_over_findings(gnomon, project):
    """A finding beside a file that can't be analysed is reported, and the exit code is 4."""
    folder = project("server")
    (folder / "broken.py").write_bytes(b"import pickle, zmq\npickle.loads(zmq\x00(((\n")

    result = gnomon("scan", folder)

    assert result.returncode == 4
    assert "CRITICAL pickle-over-network" in result.stdout
    assert "  - broken.py: " in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "problem", "remedy"),
    [
        ([], 2, "nothing to scan was named", "gnomon scan ."),
        (["no-such-folder"], 2, "no-such-folder", ""),
        (["--format", "yaml", "."], 2, "'yaml' is not one of", "gnomon scan --help"),
        (["--formt", "json", "."], 2, "--format", "gnomon scan --help"),
        (["--rule", "pickle-over-netwrk", "."], 2, "Did you mean pickle-over-network?", "pickle-from-file"),
        (["--output", "no/such/folder/report", "."], 2, "there is no folder no/such/folder", "mkdir -p no/such/folder"),
        (["."], 3, "", ""),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_what_to_type(gnomon, arguments, code, problem, remedy):
    """One problem, one remedy, no output, no traceback; the working folder is empty."""
    result = gnomon("scan", *arguments)

    assert (result.returncode, result.stdout) == (code, "")
    assert result.stderr.startswith("gnomon: ")
    assert problem in result.stderr.splitlines()[0]
    assert remedy in result.stderr.partition("\ntry: ")[2]


def test_several_targets_are_answered_each(gnomon, project):
    """JSON is an array; a target that can't be read is listed as skipped and does not hide the others."""
    result = gnomon("scan", project("flawed"), "no-such-folder", project("clean", load="len"), "--format", "json")

    reports = json.loads(result.stdout)
    assert result.returncode == 4
    assert [len(report["findings"]) for report in reports] == [1, 0, 0]
    assert [[entry["path"] for entry in report["skipped"]] for report in reports] == [[], ["no-such-folder"], []]


def test_text_of_several_targets_has_headings(gnomon, project):
    """Each report begins with its target."""
    one, two = project("one"), project("two", load="len")

    headings = [line for line in gnomon("scan", one, two).stdout.splitlines() if line.startswith("── ")]

    assert headings == [f"── {one}", f"── {two}"]


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_a_report_can_go_to_a_file(gnomon, project, tmp_path, form):
    """The file has what would have been printed, without colour; nothing is printed."""
    folder = project("server")
    printed = gnomon("scan", folder, "--format", form).stdout

    result = gnomon("scan", folder, "--format", form, "--output", tmp_path / "report", FORCE_COLOR="1")

    written = (tmp_path / "report").read_text(encoding="utf-8")
    assert (result.returncode, result.stdout) == (1, "")
    assert _without_time(written) == _without_time(printed)


def test_hidden_findings_are_counted_with_the_way_to_see_them(gnomon, project):
    """The summary names the option that hides."""
    result = gnomon("scan", project("server"), "--rule", "pickle-from-file")

    assert "1 finding hidden; to see them, leave out `--rule` and add `--all`." in result.stdout


def test_all_rules_are_asked_with_all(gnomon, project):
    """`--all` reports what is off by default."""
    folder = project("server", load="len")
    (folder / "files.py").write_text("import pickle\nobj = pickle.load(open('cache.pkl', 'rb'))\n")

    usual, all_rules = (gnomon("scan", folder, "--format", "json", *more).stdout for more in ([], ["--all"]))

    assert json.loads(usual)["summary"]["rules"] == {}
    assert json.loads(all_rules)["summary"]["rules"] == {"pickle-from-file": 1}


def test_an_encoding_without_line_drawing_still_prints(gnomon, project):
    """On an ASCII stream lines are drawn with ASCII, and a path beyond it is escaped."""
    folder = project("server")
    (folder / "server.py").rename(folder / "推.py")

    result = gnomon("scan", folder, PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert result.returncode == 1
    assert result.stdout.isascii()
    assert r"\u63a8.py:7:7" in result.stdout


def _without_time(report: str) -> list[str]:
    return [line.partition(" looked at in ")[0] for line in report.splitlines()]
