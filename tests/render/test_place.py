"""Paths that a service can find in the project."""

import pytest

from gnomon.core.finding import Report
from gnomon.render.place import from_folder


@pytest.mark.parametrize(
    ("target", "path", "place"),
    [
        (".", "engine/server.py", "engine/server.py"),
        ("src", "engine/server.py", "src/engine/server.py"),
        ("./src/", "engine/server.py", "src/engine/server.py"),
        ("src/server.py", "server.py", "src/server.py"),
        ("server.py", "server.py", "server.py"),
        ("../other", "server.py", "../other/server.py"),
        ("/project", "src/server.py", "src/server.py"),
        ("/project/src", "server.py", "src/server.py"),
        ("/project/src/server.py", "server.py", "src/server.py"),
        ("/elsewhere", "server.py", "/elsewhere/server.py"),
        ("/projects", "server.py", "/projects/server.py"),
        ("pypi:vllm==0.8.4", "vllm/server.py", "vllm/server.py"),
        ("https://example.org/a.git", "server.py", "server.py"),
        ("src", "", ""),
    ],
)
def test_a_path_is_told_from_the_working_folder(target, path, place):
    """Folders and files are placed within the working folder if they are in it; releases keep their own paths."""
    assert from_folder(Report(target=target, findings=()), path, "/project") == place


def test_a_path_in_an_archive_is_the_archives_own():
    """Nothing in the working folder has it."""
    report = Report(target="dist/server.tar.gz", findings=(), digest="sha256:0f")

    assert from_folder(report, "server-1.0/server.py", "/project") == "server-1.0/server.py"
