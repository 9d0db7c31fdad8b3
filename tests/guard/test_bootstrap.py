"""What can't be guarded is not started: a broken policy, a broken guard, a load that is not held."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gnomon.guard

PROGRAM = "import pathlib\npathlib.Path('ran').touch()\n"


@pytest.fixture
def program(ground):
    """A program that leaves a file behind if it runs."""
    path = ground.write("program.py", PROGRAM)
    ground.learn(path)
    (ground.folder / "ran").unlink()
    return path


@pytest.fixture(scope="session")
def python(tmp_path_factory):
    """The Python of an environment into which no other test brings guard."""
    folder = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin" / "python"


def ran(ground) -> bool:
    """True if the program ran."""
    return (ground.folder / "ran").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[:-5], "is not JSON"),
        (lambda text: text.replace('"sites": []', '"sites": {}'), "sites is no array"),
        (lambda text: text.replace("raise", "exit"), "edited after it was signed"),
        (lambda text: "", "is not JSON"),
    ],
)
def test_a_broken_policy_starts_nothing(ground, program, change, said):
    """Exit code 2, an error that says what is wrong with the file, and no program."""
    ground.policy.write_text(change(ground.policy.read_text(encoding="utf-8")), encoding="utf-8")

    ended = ground.hold(program)

    assert (ended.code, ran(ground)) == (2, False)
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_a_policy_that_changes_while_the_program_runs_stops_its_next_process(ground):
    """A child that finds another policy than the one its parent was started with is not started: exit code 78."""
    program = ground.write(
        "program.py",
        "import pathlib, subprocess, sys\n"
        "path = pathlib.Path('policy.json')\n"
        "if 'held' in sys.argv:\n"
        "    path.write_text(path.read_text().replace('raise', 'exit'))\n"
        "print(subprocess.run([sys.executable, '-c', 'print(1)']).returncode)\n",
    )
    ground.learn(program)

    ended = ground.hold(program, "held")

    assert ended.out == "78\n"
    assert "this process is not started" in ended.err


@pytest.mark.parametrize(
    "part", ["loads/holding.py", "loads/selftest.py", "loads/unpicklers.py", "bootstrap.py", "__init__.py"]
)
def test_a_broken_guard_starts_nothing(ground, program, python, tmp_path, part):
    """With a module of guard that can't be read, the command line or the process ends, and the program does not run."""
    copy = _copied(tmp_path)
    (copy / part).write_text("raise RuntimeError('broken')\n", encoding="utf-8")

    ended = _run(copy, ground, python, program)

    assert (ended.returncode != 0, ran(ground)) == (True, False)


def test_a_guard_that_does_not_hold_starts_nothing(ground, program, python, tmp_path):
    """If the hook lets its own marker pass, the self-test says so and the program does not run."""
    copy = _copied(tmp_path)
    text = (copy / "loads" / "holding.py").read_text(encoding="utf-8")
    assert "if module == MARKER:" in text
    (copy / "loads" / "holding.py").write_text(
        text.replace("if module == MARKER:", "if module == MARKER: return\n        if 0:")
    )

    ended = _run(copy, ground, python, program)

    assert (ended.returncode, ran(ground)) == (78, False)
    assert "the self-test failed: pickle.loads was not refused" in ended.stderr


def _copied(folder: Path) -> Path:
    source = Path(gnomon.guard.__file__).parent
    target = folder / "elsewhere" / "guardcopy"
    return Path(shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__")))


def _run(copy: Path, ground, python: Path, program: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "guardcopy", "-p", ground.policy, "--", python, program],
        cwd=ground.folder, env=os.environ | {"PYTHONPATH": str(copy.parent)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_guard_alone_is_enough(ground, program, python, tmp_path):
    """A copy of the folder, with nothing else of gnomon and no dependency, guards a program."""
    ended = _run(_copied(tmp_path), ground, python, program)

    assert (ended.returncode, ran(ground)) == (0, True), ended.stderr


def test_guard_loads_the_standard_library_alone(ground):
    """In a guarded process nothing was imported from outside of the standard library, and no module `gnomon`."""
    program = ground.write(
        "program.py",
        "import json, sys\nprint(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n",
    )
    ground.learn(program)

    loaded = set(json.loads(ground.hold(program).out))

    assert (
        loaded - set(sys.stdlib_module_names)
        <= {"_gnomon_guard", "_gnomon_guard_shim", "sitecustomize", "__main__"} | _of_the_environment()
    )


def _of_the_environment() -> set[str]:
    text = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    bare = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return set(json.loads(bare.stdout))
