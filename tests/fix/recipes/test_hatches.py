"""Deployment files get safe values where they set unsafe ones: one value changes, and every other byte stays."""

import subprocess

import pytest

from gnomon.fix.recipes.hatches import narrowed, offer
from gnomon.fix.settings import changed
from gnomon.fix.sources import Sources
from tests.fix.scanned import applied, found, tree

VARIABLE = "VLLM_ALLOW_INSECURE_SERIALIZATION"
HATCHES = {
    "Dockerfile": ("FROM python:3.12\nENV A=1 $NAME=1 \\\n    B=1  \n# $NAME=1\n", "$NAME=1 \\"),
    "old.dockerfile": ("FROM python:3.12\nENV $NAME 1\n", "$NAME 1"),
    "compose.yaml": (
        """\
services:
  a:
    image: x
    environment:
      $NAME:   '1'   # 1 for now
      OTHER: '1'
""",
        "'1'   #",
    ),
    "docker-compose.yml": (
        """\
services:
  a:
    image: x
    environment:
    - OTHER=1
    - "$NAME=1"  # 1
""",
        "$NAME=1",
    ),
    "pod.yaml": (
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
  - name: a
    env:
    - {name: B, value: '1'}
    - name: $NAME
      value: "1"  # 1
""",
        'value: "1"  #',
    ),
    "script.yaml": (
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
  - name: a
    command: [sh, -c]
    args:
    - |
      export $NAME=1  # 1
      exec python -m vllm
""",
        "$NAME=1  #",
    ),
    "default.compose.yaml": (
        "services:\n  a:\n    environment:\n      $NAME: ${INSECURE:-1}\n",
        "${INSECURE:-1}",
    ),
}
"""A file of each kind, and the part of it that changes: 1 becomes 0."""
SERVER = """\
import argparse
import pickle

import zmq


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    args = parser.parse_args()
    s = zmq.Context().socket(zmq.PULL)
    s.bind(f"tcp://{args.host}:5555")
    return pickle.loads(s.recv())


main()
"""
WIDE = {
    "Dockerfile": (
        'FROM python:3.12\nCOPY server.py .\nCMD ["python", "server.py", "--host", "0.0.0.0"]  \n',
        '"0.0.0.0"',
    ),
    "shell.dockerfile": (
        "FROM python:3.12\nCOPY server.py .\nCMD python server.py --host=0.0.0.0 # 0.0.0.0\n",
        "--host=0.0.0.0",
    ),
    "compose.yaml": (
        """\
services:
  a:
    build: .
    command:
      - python
      - server.py
      - --host
      - '0.0.0.0' # 0.0.0.0
""",
        "'0.0.0.0'",
    ),
    "docker-compose.yml": (
        'services:\n  a:\n    build: .\n    command: ["python", "server.py", "--host", "[::]"]\n',
        '"[::]"',
    ),
}


@pytest.mark.parametrize("path", HATCHES)
def test_a_switch_is_set_to_its_off_value(path):
    """In each way of writing it; the finding is gone, and comments, quotes and blanks are as they were."""
    text, old = (part.replace("$NAME", VARIABLE) for part in HATCHES[path])
    new = old.replace("1", "0")
    target = tree({path: text})
    (finding,) = found(target)

    made = offer(finding, Sources(target))

    assert made.standing == "suggested"
    assert made.title.startswith(f"Set `{VARIABLE}` to `0`")
    assert applied({path: text}, made.patch) == {path: text.replace(old, new, 1)}
    assert found(tree(applied({path: text}, made.patch))) == ()


def test_two_of_one_name_on_a_line_are_told():
    """Which one counts is for a person to see."""
    text = f"services:\n  a: {{environment: {{{VARIABLE}: '1'}}, command: sh -c '{VARIABLE}=1 x'}}\n"
    target = tree({"compose.yaml": text})

    made = offer(found(target)[0], Sources(target))

    assert made.standing == "impossible"
    assert made.title == f"Take `{VARIABLE}` away by hand (compose.yaml:2)"
    assert "in a way that can be changed" in made.why[0]


def test_a_value_that_is_written_otherwise_is_told():
    """An escape in it is 1 to YAML."""
    text = f'services:\n  a:\n    environment:\n      {VARIABLE}: "\\x31"\n'
    target = tree({"compose.yaml": text})

    made = offer(found(target)[0], Sources(target))

    assert made.standing == "impossible"


@pytest.mark.parametrize("path", WIDE)
def test_a_wide_address_of_a_deployment_is_narrowed(path):
    """Where it starts the program; JSON form, quotes and comments are as they were."""
    text, old = WIDE[path]
    new = old.replace("0.0.0.0", "127.0.0.1").replace("::", "::1")
    files = {"server.py": SERVER, path: text}
    target = tree(files)
    (finding,) = found(target)

    made = narrowed(None, (finding,), Sources(target))

    assert finding.endpoint.reach == "any-host"
    assert made.standing == "suggested"
    assert applied(files, made.patch) == {"server.py": SERVER, path: text.replace(old, new, 1)}
    assert found(tree(applied(files, made.patch)))[0].endpoint.reach != "any-host"


def test_a_finding_without_a_deployment_has_no_such_offer():
    """Nor one whose deployment sets a narrow address."""
    narrow = {"Dockerfile": WIDE["Dockerfile"][0].replace("0.0.0.0", "127.0.0.1")}
    for files in ({}, narrow):
        target = tree({"server.py": SERVER.replace("127.0.0.1", "0.0.0.0"), **files})

        assert narrowed(None, found(target)[:1], Sources(target)).standing == "impossible"


def test_a_change_that_says_something_else_is_refused():
    """What an anchor shares between a value and another one would change both."""
    text = f"services:\n  a:\n    environment:\n      {VARIABLE}: &one '1'\n      REPLICAS: *one\n"
    sources = Sources(tree({"compose.yaml": text}))

    assert "something else than was meant" in changed("compose.yaml", 4, VARIABLE, {"1": "0"}, sources)


SCRIPTS = {
    "an option": ('#!/bin/sh\nexec python server.py --host 0.0.0.0 "$@"  # all\n', 2),
    "a variable of the script": ('HOST=${HOST:-0.0.0.0}\nset -e\npython server.py --host "$HOST"\n', 1),
    "an exported one": ('export HOST="0.0.0.0"\npython server.py \\\n  --host=$HOST\n', 1),
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_shell_script_is_narrowed_where_the_value_stands(name, tmp_path):
    """One value changes, the shell still reads the script, and what it starts is bound to loopback."""
    text, line = SCRIPTS[name]
    server = SERVER.replace('default="0.0.0.0"', 'default="127.0.0.1"')
    files = {"server.py": server, "start.sh": text}
    target = tree(files)
    (finding,) = found(target)

    made = narrowed(None, (finding,), Sources(target))
    after = applied(files, made.patch)

    assert [(each.path, each.span.line) for each in made.patch.replacements] == [("start.sh", line)]
    assert after["start.sh"] == text.replace("0.0.0.0", "127.0.0.1")
    echoed = after["start.sh"].replace("exec python", "echo").replace("python", "echo")
    (tmp_path / "start.sh").write_text(echoed)
    said = subprocess.run(["sh", tmp_path / "start.sh"], capture_output=True, text=True, timeout=10, check=True).stdout
    assert "127.0.0.1" in said
    assert finding.endpoint.reach == "any-host"
    assert found(tree(after))[0].endpoint.reach != "any-host"
