"""Every way a server starts Python processes: guard is in all of them."""

import os
import stat

import pytest

from gnomon.guard.delivery.settings import VARIABLE

IS_GUARDED = "import sys; print(getattr(sys, 'guarded', 0) > 0)"

# Each prints True for each process that it starts, if guard came to it. PY is the environment's interpreter.
CHILDREN = {
    "subprocess": "subprocess.run([PY, '-c', CHECK])",
    "shell": "subprocess.run(['sh', '-c', f'\"{PY}\" -c \"{CHECK}\"'])",
    "isolated": "subprocess.run([PY, '-I', '-c', CHECK])",
    "without PYTHON variables": "subprocess.run([PY, '-E', '-c', CHECK])",
    "without environment": "subprocess.run([PY, '-c', CHECK], env={})",
    "isolated, without environment": "subprocess.run([PY, '-I', '-c', CHECK], env={})",
    "env -i in a shell": "subprocess.run(['sh', '-c', f'env -i \"{PY}\" -c \"{CHECK}\"'])",
    "exec of one without environment": "subprocess.run([PY, '-c', AGAIN], env={})",
    "another PYTHONPATH": "subprocess.run([PY, '-c', CHECK], env={**os.environ, 'PYTHONPATH': '/nowhere'})",
    "PYTHONPATH alone": "subprocess.run([OTHER, '-c', CHECK], env={'PYTHONPATH': os.environ['PYTHONPATH']})",
    "another environment": "subprocess.run([OTHER, '-c', CHECK])",
    "fork": "os.fork() or check()\nos.wait()",
    "exec": "sys.stdout.flush()\nos.execv(PY, [PY, '-c', CHECK])",
    "chain of execs": "os.execvp('sh', ['sh', '-c', f'exec env X=1 \"{PY}\" -c \"{CHECK}\"'])",
    "spawn": "context('spawn')",
    "forkserver": "context('forkserver')",
    "fork by multiprocessing": "context('fork')",
    "process pool": "pool()",
    "ranks": "ranks()",
}
PROGRAM = """
import concurrent.futures, multiprocessing, os, subprocess, sys

PY, OTHER, CHECK = {python!r}, {other!r}, {check!r}
AGAIN = "import os; os.execve(%r, [%r, '-I', '-c', %r], {{}})" % (PY, PY, CHECK)

def check(exit=os._exit):
    os.write(1, b"%s\\n" % str(getattr(sys, "guarded", 0) > 0).encode())
    exit(0)

def guarded(_):
    return sys.guarded > 0

def context(method):
    process = multiprocessing.get_context(method).Process(target=check)
    process.start()
    process.join(50)

def pool():
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as executor:
        print(all(executor.map(guarded, range(4), timeout=50)))

def ranks():
    ask = "import os, sys; os.environ['RANK'] in '01' and os.write(1, str(sys.guarded > 0).encode() + bytes([10]))"
    each = [dict(os.environ, RANK=str(rank), WORLD_SIZE="2") for rank in range(2)]
    for process in [subprocess.Popen([PY, "-u", "-c", ask], env=variables) for variables in each]:
        process.wait(50)

if __name__ == "__main__":
    {child}
"""


@pytest.mark.parametrize("way", CHILDREN)
def test_guard_comes_to_children(house, way):
    """Guard is in a child, however it was started."""
    child = CHILDREN[way].replace("\n", "\n    ")
    text = PROGRAM.format(python=house.python, other=house.other_python, check=IS_GUARDED, child=child)

    result = house.run(house.python, house.script(text))

    expected = ["True", "True"] if way == "ranks" else ["True"]
    assert (result.stdout.split(), result.stderr, result.returncode) == (expected, "", 0)


@pytest.mark.parametrize(
    "first_line", ["#!{python}", "#!/usr/bin/env python3", "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''"]
)
def test_guard_comes_to_console_scripts(house, first_line):
    """A script on PATH that names its interpreter in one of the usual ways is guarded, also in isolated children."""
    script = house.environment / "bin" / "serve"
    isolated = f"import subprocess; subprocess.run([{house.python!r}, '-I', '-c', {IS_GUARDED!r}])"
    script.write_text(f"{first_line.format(python=house.python)}\n{IS_GUARDED}; sys.stdout.flush()\n{isolated}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)

    result = house.run("serve", variables={"PATH": f"{script.parent}:{house.variables['PATH']}"})

    assert (result.stdout.split(), result.stderr, result.returncode) == (["True", "True"], "", 0)


def test_the_first_process_is_guarded_whatever_its_environment(house):
    """A command that wipes the environment before it starts Python is no way out."""
    result = house.run("env", "-i", house.python, "-I", "-c", IS_GUARDED)

    assert (result.stdout, result.stderr) == ("True\n", "")


def test_children_of_a_wiped_environment_are_told_again(house):
    """A process that was found by its parents passes on what it was not told itself."""
    child = f"import subprocess; subprocess.run([{house.other_python!r}, '-c', {IS_GUARDED!r}])"

    result = house.run("env", "-i", house.python, "-c", child)

    assert (result.stdout, result.stderr) == ("True\n", "")


def test_an_own_sitecustomize_still_runs(house):
    """The sitecustomize that Python would have run without guard runs, as itself; the rest of PYTHONPATH is kept."""
    own = house.folder / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("import sys; sys.own = __name__, __file__")
    rest = "os.environ['PYTHONPATH'].split(':')[1:]"
    ask = f"import os, sys, sitecustomize; print(sys.own, sitecustomize.__file__, {rest})"

    result = house.run(house.python, "-c", ask, variables={"PYTHONPATH": str(own)})

    file = str(own / "sitecustomize.py")
    assert (result.stdout, result.stderr) == (f"{('sitecustomize', file)} {file} {[str(own)]}\n", "")


def test_a_broken_sitecustomize_is_told_as_ever(house):
    """What the program's own sitecustomize raises is Python's matter, as without guard: it says so and goes on."""
    own = house.folder / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("raise ValueError('own')")

    result = house.run(house.python, "-c", IS_GUARDED, variables={"PYTHONPATH": str(own)})

    assert result.stdout == "True\n"
    assert "own" in result.stderr
    assert result.returncode == 0


def test_processes_outside_of_the_run_are_left_alone(house):
    """While a run goes on in an environment, other processes of that environment are not guarded and see no error."""
    house.start(house.python, "-c", "print('ready', flush=True); input()").stdout.readline()

    outside = house.run_outside(IS_GUARDED)

    assert VARIABLE not in os.environ
    assert len(house.pth()) == 1
    assert (outside.stdout, outside.stderr) == ("False\n", "")


def test_an_environment_may_be_named(house):
    """Guard is put into the environments that the user names, instead of the command's own."""
    child = f"import subprocess; subprocess.run([{house.other_python!r}, '-I', '-c', {IS_GUARDED!r}])"

    result = house.run(house.python, "-c", child, named=[house.environment, house.other])

    assert (result.stdout, result.stderr) == ("True\n", "")


def test_a_read_only_environment_is_told(house, unwritable):
    """Where no `.pth` can be written the command is started all the same, and the user is told what escapes."""
    unwritable(house.environment)

    result = house.run(house.python, "-c", IS_GUARDED)

    assert result.stdout == "True\n"
    assert "by PYTHONPATH alone: processes started with `python -E` or `-I`" in result.stderr
    assert result.returncode == 0
