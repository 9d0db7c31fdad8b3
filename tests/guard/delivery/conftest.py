"""Real commands under a real supervisor, in virtual environments made for these tests."""

import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import gnomon.guard
from gnomon.guard.delivery import status

HERE = Path(__file__).parent
DEADLINE = 60


class House:
    """A guard folder with the tests' own bootstrap, an environment to guard, another one, and a folder for runs."""

    def __init__(self, guard, environments, folder):
        self.guard = guard
        self.environment, self.other = environments
        self.python, self.other_python = (str(each / "bin" / "python") for each in environments)
        self.folder = folder
        self.runs = Path(tempfile.mkdtemp(prefix="gg-"))  # sockets that servers put there have short names
        self.variables = {"PATH": os.environ["PATH"], "TMPDIR": str(self.runs), "HOME": str(folder)}
        self.started = contextlib.ExitStack()

    def start(self, *command, named=(), variables=None, **options):
        """A supervisor; `variables` are added to its environment."""
        line = [sys.executable, HERE / "supervise.py", self.guard, *named, "--", *command]
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        supervisor = subprocess.Popen(line, env={**self.variables, **(variables or {})}, text=True, **options)
        self.started.callback(_end, supervisor)
        return supervisor

    def run(self, *command, **options):
        """The same, until it is over."""
        supervisor = self.start(*command, **options)
        out, error = supervisor.communicate(timeout=DEADLINE)
        return subprocess.CompletedProcess(command, supervisor.returncode, out, error)

    def run_outside(self, text):
        """A Python of the environment that no supervisor started."""
        line = [self.python, "-c", text]
        return subprocess.run(line, env=self.variables, capture_output=True, text=True, timeout=DEADLINE, check=False)

    def script(self, text, name="program.py"):
        """A file with that program; its folder is nobody's."""
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def run_folder(self):
        """The folder of the one run that goes on."""
        (folder,) = self.runs.glob("gnomon-guard-*")
        return str(folder)

    def rows(self):
        """The processes of the one run that goes on."""
        return status.status(self.run_folder())

    def verdicts(self):
        """The verdict of each process of the run, in order of numbers."""
        return [row.verdict for row in self.rows()]

    def pth(self, environment=None):
        """Names of the `.pth` files in an environment."""
        return sorted(path.name for path in packages_of(environment or self.environment).glob("*.pth"))

    def leftovers(self):
        """What runs left behind."""
        return [*self.pth(), *self.pth(self.other), *(path.name for path in self.runs.iterdir())]

    def janitor(self):
        """The janitor's number."""
        return int(Path(self.run_folder(), "janitor").read_text().split()[0])

    def watch(self, pid):
        """A function that waits for that process's end."""
        handle = os.pidfd_open(pid)
        self.started.callback(os.close, handle)

        def until_over():
            assert select.select([handle], [], [], DEADLINE)[0], "it does not end"

        return until_over


def packages_of(environment):
    """An environment's site-packages."""
    (folder,) = environment.glob("lib/python*/site-packages")
    return folder


def _end(supervisor):
    if supervisor.poll() is None:
        supervisor.kill()
    supervisor.wait(DEADLINE)
    for stream in (supervisor.stdin, supervisor.stdout, supervisor.stderr):
        if stream is not None:
            stream.close()


@pytest.fixture(scope="session")
def guard_folder(tmp_path_factory):
    """Guard's own folder, with a bootstrap that refuses nothing."""
    folder = tmp_path_factory.mktemp("guard") / "guard"
    shutil.copytree(Path(gnomon.guard.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "bootstrap.py", folder / "bootstrap.py")
    return folder


@pytest.fixture
def house(tmp_path, guard_folder):
    """See House. What it started is over at the end, but for what killed its supervisor on purpose."""
    environments = [tmp_path / "environment", tmp_path / "other"]
    for environment in environments:
        make_environment(environment)
    house = House(guard_folder, environments, tmp_path)
    with house.started:
        yield house
    shutil.rmtree(house.runs, ignore_errors=True)


@pytest.fixture
def unwritable():
    """Makes an environment's site-packages a folder that nobody can write to, not even root."""

    def made(environment):
        folder = packages_of(environment)
        folder.rmdir()
        folder.symlink_to("/proc/self/task")

    return made


def make_environment(folder):
    """A virtual environment without pip, as `python -m venv` makes it, in a tenth of its time."""
    base = Path(sys.base_prefix)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / f"python{version}" / "site-packages").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {base / 'bin'}\ninclude-system-site-packages = false\n")
    for name in ("python", "python3", f"python{version}"):
        (folder / "bin" / name).symlink_to(base / "bin" / f"python{version}")
