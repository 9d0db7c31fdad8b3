"""A process that belongs to a run and can't be guarded does not run."""

import ast
import shutil
from pathlib import Path

import pytest

import gnomon.guard
from gnomon.guard.delivery import settings
from gnomon.guard.delivery.settings import Settings
from gnomon.guard.errors import DeliveryError

RAN = "print('ran')"
NOT_STARTED = 78


@pytest.fixture
def broken(house, tmp_path):
    """Runs the command with a guard folder that something was done to."""

    def run(change, *command):
        house.guard = shutil.copytree(house.guard, tmp_path / "broken")
        change(house.guard)
        return house.run(*command)

    return run


@pytest.mark.parametrize("flags", [[], ["-I"], ["-E"]])
@pytest.mark.parametrize(
    "change",
    [
        lambda guard: (guard / "bootstrap.py").unlink(),
        lambda guard: (guard / "bootstrap.py").write_text("syntax error"),
        lambda guard: (guard / "bootstrap.py").write_text("def activate(folder): raise ValueError('\\x1b[1m')"),
        lambda guard: (guard / "bootstrap.py").write_text("def activate(folder): raise SystemExit(0)"),
        lambda guard: (guard / "bootstrap.py").write_text("def activate(folder): raise KeyboardInterrupt"),
        lambda guard: (guard / "__init__.py").unlink(),
        lambda guard: (guard / "pythonpath" / "sitecustomize.py").write_text("syntax error"),
        lambda guard: (guard / "pythonpath" / "sitecustomize.py").unlink(),
    ],
    ids=["no bootstrap", "syntax", "raises", "exits", "interrupted", "no package", "broken shim", "no shim"],
)
def test_a_broken_guard_starts_nothing(house, broken, change, flags):
    """Whatever is wrong with guard, the server does not start: 78, and one line that says why."""
    result = broken(change, house.python, *flags, "-c", RAN)

    assert (result.stdout, result.returncode) == ("", NOT_STARTED)
    assert result.stderr.startswith("gnomon guard: Python process ")
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr
    assert house.leftovers() == []


@pytest.mark.parametrize("python", ["python", "other_python"])
def test_a_run_that_is_gone_starts_nothing(house, python):
    """A process that was told of a run whose folder is gone does not run, in whatever environment."""
    child = (
        "import os, shutil, subprocess; shutil.rmtree(os.environ['GNOMON_GUARD']);"
        f" print(subprocess.run([{getattr(house, python)!r}, '-c', {RAN!r}]).returncode)"
    )

    result = house.run(house.python, "-c", child)

    assert result.stdout == f"{NOT_STARTED}\n"
    assert "no run that this process can join" in result.stderr
    assert "No such file or directory" in result.stderr


def test_a_command_without_site_is_not_started(house):
    """Guard can't come to `python -S`: as the command itself it is refused before it runs."""
    result = house.run("env", "A=b", house.python, "-uIS", "-c", RAN)

    assert (result.stdout, result.returncode) == ("", 1)
    assert "starts `python -S`, which guard can't come to" in result.stderr
    assert house.leftovers() == []


def test_an_isolated_command_of_a_read_only_environment_is_not_started(house, unwritable):
    """Without a `.pth` nothing brings guard into `python -I`: as the command itself it is refused."""
    unwritable(house.environment)

    result = house.run(house.python, "-I", "-c", RAN)

    assert (result.stdout, result.returncode) == ("", 1)
    assert "starts `python -I`, which ignores PYTHONPATH" in result.stderr
    assert house.leftovers() == []


def test_settings_that_are_broken_start_nothing(house):
    """A process whose run.json is not what launch wrote does not run."""
    child = (
        "import os, subprocess; open(os.environ['GNOMON_GUARD'] + '/run.json', 'w').write('{}');"
        f" print(subprocess.run([{house.python!r}, '-c', {RAN!r}]).returncode)"
    )

    result = house.run(house.python, "-c", child)

    assert result.stdout == f"{NOT_STARTED}\n"
    assert "run.json has other fields" in result.stderr


def test_a_path_without_its_run_starts_nothing(house):
    """PYTHONPATH that names guard, with no run here or above, is a mistake that must be seen."""
    folder = house.guard / "pythonpath"
    house.variables["PYTHONPATH"] = str(folder)

    result = house.run_outside(RAN)

    assert (result.stdout, result.returncode) == ("", NOT_STARTED)
    assert "PYTHONPATH names guard, and GNOMON_GUARD no run" in result.stderr


def test_the_shim_can_be_read_by_old_pythons():
    """Its syntax is Python 3.0's, so that an older Python says that it is too old instead of going on without guard."""
    text = Path(gnomon.guard.__file__).with_name("pythonpath").joinpath("sitecustomize.py").read_text()

    tree = ast.parse(text, feature_version=(3, 0))

    assert not any(isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr) for node in ast.walk(tree))


def test_settings_come_back_as_they_were(tmp_path):
    """What the supervisor writes its processes read."""
    written = Settings(run=str(tmp_path), mode="observe", policy="/p", digest="sha256:1", supervisor=3, started=4)

    settings.write(written)

    assert settings.read(str(tmp_path)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"run": 1}',
        '{"run":"","mode":"off","policy":"","digest":"","events":"","keys":"","supervisor":1,"started":2}',
    ],
)
def test_settings_are_checked(tmp_path, text):
    """Settings of another shape, type or mode are an error that names the folder."""
    (tmp_path / "run.json").write_text(text)

    with pytest.raises(DeliveryError, match=tmp_path.name):
        settings.read(str(tmp_path))
