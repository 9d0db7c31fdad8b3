"""`gnomon scan --format`: every format, printed and in a file, with one target and several."""

import json
import re

import pytest

from gnomon.render.formats import FORMATS

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?|(?:\btime=\"| in )[\d.]+")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_the_same_printed_and_in_a_file(gnomon, project, tmp_path, name):
    """But for the time it took: the file has what would have been printed, and nothing else is printed."""
    folder, clean = project("server"), project("clean", load="len")
    printed = gnomon("scan", folder, clean, "--format", name)

    result = gnomon("scan", folder, clean, "--format", name, "--output", tmp_path / "report")

    written = (tmp_path / "report").read_text(encoding="utf-8")
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")
    assert TIME.sub("", written) == TIME.sub("", printed.stdout)
    assert "pickle" in written


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_that_something_was_skipped(gnomon, project, name):
    """A target that can't be read is named in each of them, and the exit code is 4."""
    result = gnomon("scan", project("server"), "no-such-folder", "--format", name)

    assert result.returncode == 4
    assert "no-such-folder does not exist" in re.sub(r"`|</?code>", "", result.stdout)


@pytest.mark.parametrize("name", ["github", "gitlab", "markdown", "sarif"])
def test_services_get_paths_from_the_working_folder(gnomon, project, tmp_path, name):
    """A folder below it is part of the path, so that they find the file in the project."""
    project("server")
    result = gnomon("scan", tmp_path / "server", "--format", name, cwd=tmp_path)

    assert re.search(r"""[`="]server/server\.py""", result.stdout)


def test_sarif_has_no_room_for_more_than_20_targets(gnomon):
    """It says so before the work, with what to type."""
    result = gnomon("scan", *["."] * 21, "--format", "sarif")

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("gnomon: --format sarif holds at most 20 targets (GitHub refuses more), and 21")
    assert "try: gnomon scan --format sarif with 20 of them at a time" in result.stderr


def test_what_a_format_has_no_room_for_is_said_on_standard_error(gnomon, project):
    """A comment with hundreds of findings leaves the mildest out, and JSON has them all."""
    folder = project("server")
    (folder / "many.py").write_text(
        "import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:1')\n"
        + "pickle.loads(s.recv())\n" * 200
    )

    comment = gnomon("scan", folder, "--format", "markdown")
    report = json.loads(gnomon("scan", folder, "--format", "json").stdout)

    shown = comment.stdout.count("<details>")
    assert report["summary"]["findings"] == 201
    assert comment.stderr.startswith(f"gnomon: Left out: {201 - shown} findings, the mildest. ")
