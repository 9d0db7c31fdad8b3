"""`gnomon` without a verb: how this folder stands, in one short summary."""

import pytest

from gnomon.cli.standing import PARTS


def test_the_worst_findings_are_named_with_the_command_for_the_rest(gnomon, project):
    """Exit code 1; one line a finding, none of the long cards."""
    folder = project("server")
    for name in "abcdefg":
        (folder / f"{name}.py").write_text((folder / "server.py").read_text())

    result = gnomon(cwd=folder)

    assert (result.returncode, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "this folder: 8 critical"
    assert lines[1].startswith("  critical a.py:7: `pickle.loads()` unpickles bytes from tcp://*:5557")
    assert lines[6] == "  and 3 more findings"
    assert "  all of it: gnomon scan ." in lines
    assert lines.index("  all of it: gnomon scan .") < 12
    assert len(lines) < 24


def test_a_clean_folder_exits_with_zero(gnomon, project):
    """And says what was looked at."""
    result = gnomon(cwd=project("server", load="len"))

    assert result.returncode == 0
    assert result.stdout.startswith(
        "this folder: nothing found\n  0 findings suppressed\n  1 file and 7 lines looked at"
    )


def test_what_was_not_looked_at_makes_it_incomplete(gnomon, project):
    """Exit code 4, as with scan."""
    folder = project("server", load="len")
    (folder / "broken.py").write_bytes(b"import pickle, zmq\npickle.loads(zmq\x00(((\n")

    result = gnomon(cwd=folder)

    assert result.returncode == 4
    assert "this folder: nothing found, incomplete (1 skipped)\n  not looked at broken.py: " in result.stdout


def test_a_folder_without_python_is_nothing_to_look_at(gnomon, tmp_path):
    """It is said, and the exit code is 3."""
    result = gnomon(cwd=tmp_path)

    assert (result.returncode, result.stderr) == (3, "")
    assert result.stdout.startswith("this folder: nothing to look at; there is no Python in this folder.\n")


def test_suppressed_findings_and_remarks_are_told(gnomon, project):
    """Markers are the working project's own; its configuration is part of what is scanned."""
    folder = project("server")
    server = folder / "server.py"
    server.write_text(server.read_text().rstrip() + "  # gnomon: ignore[pickle-over-network] the lab\n")
    (folder / "pyproject.toml").write_text('[tool.gnomon]\nexclude = ["*"]\n')

    result = gnomon(cwd=folder)

    assert result.returncode == 0
    assert "  1 finding suppressed\n" in result.stdout
    assert "  pyproject.toml: [tool.gnomon] (exclude) is not honoured" in result.stdout


@pytest.mark.parametrize("part", [part.name for part in PARTS])
def test_every_part_has_a_line(gnomon, project, part):
    """Folder, environment and host are each told of once."""
    lines = [line for line in gnomon(cwd=project("server")).stdout.splitlines() if line.startswith(f"{part}: ")]

    assert len(lines) == 1


def test_nothing_is_written(gnomon, project):
    """The folder holds the same files afterwards."""
    folder = project("server")
    before = {path: path.read_bytes() for path in folder.rglob("*")}

    gnomon(cwd=folder)

    assert {path: path.read_bytes() for path in folder.rglob("*")} == before
