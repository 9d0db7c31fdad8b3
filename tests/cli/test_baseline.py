"""`gnomon scan --baseline`: only what a former report does not have."""

import json

import pytest

SECOND = """

def other():
    second = zmq.Context().socket(zmq.PULL)
    second.bind("tcp://*:5558")
    return pickle.loads(second.recv())
"""


@pytest.fixture
def known(gnomon, project, tmp_path):
    """A project with one finding, and the report that has it."""
    folder = project("server")
    report = tmp_path / "known.json"
    assert gnomon("scan", folder, "--format", "json", "--output", report).returncode == 1
    return folder, report


def test_what_is_known_is_suppressed_and_counted(gnomon, known):
    """Exit code 0, and the page says how many were left out and by what."""
    folder, report = known

    result = gnomon("scan", folder, "--baseline", report)

    assert (result.returncode, result.stderr) == (0, "")
    assert "nothing found" in result.stdout
    assert f"1 finding suppressed: known from {report}" in " ".join(result.stdout.split())


def test_what_is_new_is_reported_alone(gnomon, known):
    """A second flaw beside the known one is the only finding."""
    folder, report = known
    server = folder / "server.py"
    server.write_text(server.read_text() + SECOND)

    result = gnomon("scan", folder, "--baseline", report, "--format", "json")

    answer = json.loads(result.stdout)
    assert result.returncode == 1
    assert [finding["qualname"] for finding in answer["findings"]] == ["other"]
    assert [entry["finding"]["qualname"] for entry in answer["suppressed"]] == ["<module>"]
    assert answer["summary"]["suppressed"] == 1


def test_code_that_moves_stays_known(gnomon, known):
    """Twenty lines further down, in a file of another name and folder."""
    folder, report = known
    server = folder / "server.py"
    (folder / "inner").mkdir()
    (folder / "inner" / "renamed.py").write_text("# a line\n" * 20 + server.read_text())
    server.unlink()

    assert gnomon("scan", folder, "--baseline", report).returncode == 0


def test_an_entry_answers_for_one_finding(gnomon, known):
    """The same flaw pasted a second time is new."""
    folder, report = known
    (folder / "pasted.py").write_text((folder / "server.py").read_text())

    result = gnomon("scan", folder, "--baseline", report, "--format", "json")

    answer = json.loads(result.stdout)
    assert (len(answer["findings"]), len(answer["suppressed"])) == (1, 1)


def test_entries_that_are_gone_are_told(gnomon, known):
    """A baseline that knows more than there is should be written anew."""
    folder, report = known
    (folder / "server.py").write_text("import pickle\n")

    result = gnomon("scan", folder, "--baseline", report)

    assert result.returncode == 0
    assert "1 finding of the baseline gone" in " ".join(result.stdout.split())


def test_a_report_made_with_a_baseline_knows_what_that_knew(gnomon, known, tmp_path):
    """Suppressed findings of the former report count as known."""
    folder, report = known
    second = tmp_path / "second.json"
    gnomon("scan", folder, "--baseline", report, "--format", "json", "--output", second)

    assert gnomon("scan", folder, "--baseline", second).returncode == 0


def test_reports_on_several_targets_are_one_baseline(gnomon, project, tmp_path):
    """An array of reports is read as it is written."""
    folders = [project("one"), project("two", load="pickle.Unpickler")]
    report = tmp_path / "known.json"
    gnomon("scan", *folders, "--format", "json", "--output", report)

    result = gnomon("scan", *folders, "--baseline", report)

    assert result.returncode == 0
    assert "gone" not in result.stdout


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "can't be read"),
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is no report of gnomon"),
        (b"{}", "is no report of gnomon"),
        (b'{"version": "2.1.0", "runs": []}', "is no report of gnomon"),
        (b'{"schema": 2, "findings": []}', "is of schema 2"),
    ],
)
def test_a_file_that_is_no_baseline_says_what_to_type(gnomon, project, tmp_path, content, problem):
    """Exit code 2, the file by name, and how to write one."""
    report = tmp_path / "known.json"
    if content is not None:
        report.write_bytes(content)

    result = gnomon("scan", project("server"), "--baseline", report)

    assert result.returncode == 2
    assert result.stdout == ""
    assert f"the baseline {report} {problem}" in " ".join(result.stderr.split())
    assert "gnomon scan TARGET --format json --output FILE" in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
