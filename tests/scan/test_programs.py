"""Which command lines start the program that a file belongs to."""

import pytest

from gnomon.core.tree import SourceFile
from gnomon.deployment.facts import Word
from gnomon.python.project import Project
from gnomon.scan.programs import Programs

OPTION = b'parser.add_argument("--host")\n'
FILES = {
    "src/jobs/__init__.py": b"",
    "src/jobs/__main__.py": b"from jobs.cli import main\n",
    "src/jobs/cli.py": b"from jobs import worker\n",
    "src/jobs/worker.py": OPTION,
    "src/jobs/http.py": b"app = None\n",
    "src/jobs/web.py": b"import jobs.worker\napp = None\n",
    "src/jobs/own.py": b"import jobs.worker\n" + OPTION,
    "src/jobs/admin.py": b'add_argument("--port")\n',
    "src/jobs/clone.py": b'add_argument("--port")\n',
    "tests/test_worker.py": b'run("--host")\n',
}
WORKER = "src/jobs/worker.py"


def _programs() -> Programs:
    return Programs(Project(SourceFile(path=path, data=data) for path, data in FILES.items()))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python -m jobs.worker --host x", True),
        ("python3.12 -m jobs --host x", True),
        ("python /srv/src/jobs/worker.py --host x", True),
        ("tini -- uvicorn jobs.web:app --host x", True),
        ("uvicorn jobs.http:app --host x", False),
        ("python -m jobs.own --host x", False),
        ("python -m other --host x", False),
        ("python other.py", False),
        ("python -m", False),
        ("redis-server --host x", False),
        ("", False),
    ],
)
def test_a_command_starts_what_it_names_and_what_that_imports(command, expected):
    """Scripts, modules, packages and applications count if they are the file or import it, and take no such option."""
    words = [Word(text, 1) for text in command.split()]

    assert _programs().starts(words, WORKER, "--host") is expected


@pytest.mark.parametrize(
    ("path", "option", "expected"),
    [
        ("src/jobs/admin.py", "--port", False),
        ("src/jobs/admin.py", "", True),
        ("tests/test_worker.py", "", False),
    ],
)
def test_a_command_named_like_the_package(path, option, expected):
    """It stands for the whole package, unless several modules of it declare the option."""
    words = [Word(text, 1) for text in ("/usr/bin/jobs", "serve")]

    assert _programs().starts(words, path, option) is expected


def test_the_package_of_a_file():
    """The top-level package, also below a source folder; none for a script."""
    programs = _programs()

    assert programs.package(WORKER) == "jobs"
    assert programs.package("tests/test_worker.py") == ""
