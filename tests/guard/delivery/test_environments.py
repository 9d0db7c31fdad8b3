"""Which environment a command belongs to is read from the command itself."""

import os
import sys
from pathlib import Path

import pytest

from gnomon.guard.delivery import environments
from gnomon.guard.errors import DeliveryError

SCRIPTS = {
    "direct": "#!{python}\n",
    "with options": "#!{python} -I\n",
    "env": "#!/usr/bin/env python3\n",
    "env with options": "#!/usr/bin/env -S A=b python3 -u\n",
    "pip's for long paths": "#!/bin/sh\n'''exec' {python} \"$0\" \"$@\"\n' '''\n",
    "pip's for spaces": "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n",
    "uv's relocatable": """#!/bin/sh\n'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python3' "$0" "$@"\n' '''\n""",
}
COMMANDS = {
    "its name": ["serve"],
    "its path": ["{bin}/serve"],
    "after env": ["env", "A=b", "serve", "--port", "1"],
    "after nice": ["nice", "-n", "5", "serve"],
    "in a shell": ["sh", "-c", "ulimit -n 100; exec serve --port 1"],
    "in a broken shell line": ["sh", "-c", "serve 'unbalanced"],
    "interpreter": ["python3", "-m", "serve"],
    "interpreter's path": ["{bin}/python", "serve.py"],
}


@pytest.fixture
def on_path(house):
    """Finds a command's environments, with the house's environment first on PATH, and what was told."""
    variables = {**house.variables, "PATH": f"{house.environment / 'bin'}:{os.environ['PATH']}"}
    told = []

    def found(*command, named=(), **more):
        return environments.found(command, named, {**variables, **more}, told.append)

    found.told, found.variables = told, variables
    return found


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_scripts_and_commands_name_their_interpreter(house, on_path, kind, command):
    """However a console script names its interpreter, and whatever starts the script: its environment is found."""
    _script(house, SCRIPTS[kind].format(python=house.python))

    found = on_path(*(word.format(bin=house.environment / "bin") for word in COMMANDS[command]))

    assert {Path(each.packages) for each in found} == {_packages(house.environment)}
    assert on_path.told == []


@pytest.mark.parametrize(
    ("command", "letters"),
    [
        (["python3", "-Is", "-X", "dev", "-W", "error", "-E", "serve.py", "-S"], "IsE"),
        (["python3", "-Xdev", "-bc", "pass", "-S"], "b"),
        (["nice", "python3", "-m", "serve", "-S"], ""),
        (["python3", "--help-all", "-S"], "S"),
        (["sleep", "-S"], ""),
        (["serve", "-S"], "Es"),
    ],
)
def test_pythons_own_options_are_told_from_its_programs(house, on_path, command, letters):
    """Only what stands before the program, or on a script's first line, is for Python."""
    _script(house, f"#!{house.python} -Es\n")

    assert environments.options(command, on_path.variables) == letters


def test_a_program_that_is_no_python_has_the_one_on_path(house, on_path):
    """What names no Python is guessed to start the one on PATH."""
    assert [Path(each.packages) for each in on_path("sleep", "1")] == [_packages(house.environment)]


def test_an_active_environment_counts(house, on_path):
    """VIRTUAL_ENV is guarded beside the command's own, and once if it is the same."""
    both = on_path("python3", VIRTUAL_ENV=str(house.other))
    same = on_path("python3", VIRTUAL_ENV=str(house.environment))

    assert [Path(each.packages) for each in both] == [_packages(house.environment), _packages(house.other)]
    assert len(same) == 1


def test_named_environments_are_the_only_ones(house, on_path):
    """Environments that the user names, as folder or interpreter, replace those that would be found."""
    by_folder, by_python = on_path("python3", named=[house.other]), on_path("python3", named=[Path(house.other_python)])

    assert [Path(each.packages) for each in by_folder] == [_packages(house.other)]
    assert [each.packages for each in by_python] == [each.packages for each in by_folder]


def test_a_folder_that_is_no_environment_is_an_error(house, on_path):
    """A named folder without an interpreter is an error that says what is missing."""
    with pytest.raises(DeliveryError, match="no bin/python3"):
        on_path("python3", named=[house.folder])


def test_a_python_that_is_too_old_is_an_error(house, on_path):
    """The command's own interpreter must be one that guard can run in."""
    _answers(house.environment / "bin" / "python3", '["CPython", [3, 10], ["/x"]]')

    with pytest.raises(DeliveryError, match=r"CPython 3\.10; guard needs CPython 3\.11 or newer"):
        on_path("python3", "serve.py")


def test_a_guess_that_does_not_fit_is_told(house, on_path):
    """A guessed interpreter that is too old or broken stops nothing, but the user hears of it."""
    _answers(house.environment / "bin" / "python", "not what was asked for")

    assert on_path("sleep", "1") == []
    assert "does not say where its packages are" in on_path.told[0]


def test_noise_of_an_environment_is_no_answer(house, on_path):
    """What an environment's own `.pth` files print at the start is not taken for the answer."""
    (_packages(house.environment) / "noise.pth").write_text("import sys; print('[1, 2]'); print('noise', end='')\n")

    assert [Path(each.packages) for each in on_path("python3")] == [_packages(house.environment)]


def test_no_command_is_an_error():
    """An empty command is an error with an example."""
    with pytest.raises(DeliveryError, match="no command") as error:
        environments.program([], os.environ)

    assert error.value.remedy


def _script(house, first_lines):
    script = house.environment / "bin" / "serve"
    script.write_text(f"{first_lines}print('serves')\n")
    script.chmod(0o755)


def _answers(python, answer):
    python.unlink()
    python.write_text(f"#!/bin/sh\necho '{answer}'\n")
    python.chmod(0o755)


def _packages(environment):
    return environment / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
