"""The definitions for pre-commit, GitHub, GitLab, assistants and MCP are what the command line accepts, and pinned."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from gnomon.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
WATCH = (ROOT / "docs" / "watch.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^(?:<!-- hooks: (.+) -->\n)?```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
GITLAB = (ROOT / "docs" / "ci" / "gitlab.yml").read_text(encoding="utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PINNED = re.compile(r"[0-9a-f]{40}")


def _commands() -> list[str]:
    """Every gnomon command in the definitions and on the page, as it stands there."""
    shell = [text for _, language, text in BLOCKS if language == "sh"]
    lines = "\n".join([*shell, ACTION, GITLAB]).splitlines()
    found = [match[0] for line in lines if (match := re.search(r"\bgnomon (?:scan|hook|mcp|explain)\b.*", line))]
    configured = yaml.safe_load(next(text for _, _, text in BLOCKS if text.startswith("repos:")))
    args = configured["repos"][0]["hooks"][0]["args"]
    found += [hook["entry"] for hook in HOOKS] + [" ".join([HOOKS[0]["entry"], *args])]
    found += [command for _, command in _assistants()]
    return found + re.findall(r"`(gnomon (?:hook|mcp|scan) [^`]+)`", PAGE)


def _assistants() -> list[tuple[str, str]]:
    """(event, command) of each assistant's settings on the page."""
    return [(event, re.search(r'"command": "([^"]+)"', text)[1]) for event, _, text in BLOCKS if event]


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_accepted(command):
    """Each verb, option and value parses; variables of the shell stand for any text."""
    text = re.sub(r"\$\{\w+:\+\"?(.*?)\"?\}", r"\1", command.partition(" || ")[0])
    words = shlex.split(re.sub(r"--min-severity \S+", "--min-severity low", text), comments=True)
    words = words[: next((index for index, word in enumerate(words) if word in {"<", "|", ">"}), None)]
    verb = main.command.get_command(click.Context(main.command), words[1])

    with verb.make_context(words[1], words[2:]) as context:
        assert context.params


def test_commands_are_found():
    """The search sees the commands of every file: it is not empty by mistake."""
    commands = "\n".join(_commands())

    for part in (
        "--format sarif --output",
        "--format github",
        "--format gitlab",
        "gnomon hook --path",
        "--no-progress",
    ):
        assert part in commands


@pytest.mark.parametrize("text", [ACTION, PAGE, WATCH], ids=["action.yml", "integrations.md", "watch.md"])
def test_every_action_is_pinned_by_commit(text):
    """`uses:` names a full commit, with the version beside it."""
    uses = re.findall(r"uses: (\S+)@(\S+)( # \S+)?", text)

    assert uses
    assert [name for name, commit, version in uses if not PINNED.fullmatch(commit) or not version] == []


def test_the_image_is_pinned_by_digest():
    """GitLab's job names its image by digest."""
    assert re.search(r"^  image: python:3\.\d+-slim@sha256:[0-9a-f]{64}$", GITLAB, re.MULTILINE)
    assert yaml.safe_load(GITLAB)["gnomon"]["artifacts"]["reports"]["sast"] == "gl-sast-report.json"


def test_no_input_becomes_a_part_of_a_script():
    """What a workflow hands over reaches the shell as variables only."""
    scripts = [step["run"] for step in yaml.safe_load(ACTION)["runs"]["steps"] if "run" in step]

    assert len(scripts) == 3
    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize("name", ["action.yml", "gnomon.yml", "watch.yml"])
def test_zizmor_finds_nothing(tmp_path, name):
    """The action, the workflow around it and that of a watch pass an audit of GitHub Actions, the strictest one."""
    file = tmp_path / name if name == "action.yml" else tmp_path / ".github" / "workflows" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    shown = re.findall(r"^```yaml\n(name: .*?)^```", PAGE + WATCH, re.MULTILINE | re.DOTALL)
    file.write_text(next((text for text in shown if text.startswith(f"name: {file.stem}\n")), ACTION))
    auditor = Path(sys.executable).with_name("zizmor")

    result = subprocess.run(
        [auditor, "--offline", "--no-progress", "--persona", "auditor", file],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("line", "code"), [("recv_pyobj", "1"), ("recv_json", "0")])
def test_the_action_s_script_scans(tmp_path, line, code):
    """The script of the step, as GitHub runs it: writes SARIF, and hands on its place and gnomon's exit code."""
    (tmp_path / "server.py").write_text(
        f"import zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:1')\ns.{line}()\n"
    )
    (tmp_path / "temp" / "gnomon" / "bin").mkdir(parents=True)
    (tmp_path / "temp" / "gnomon" / "bin" / "gnomon").symlink_to(Path(sys.executable).with_name("gnomon"))
    script = next(step["run"] for step in yaml.safe_load(ACTION)["runs"]["steps"] if step.get("id") == "scan")
    given = {"SINCE": "", "MIN_SEVERITY": "low", "UPLOAD": "true", "RUNNER_TEMP": str(tmp_path / "temp")}

    result = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env=os.environ | given | {"GITHUB_OUTPUT": str(tmp_path / "output")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")
    sarif = tmp_path / "temp" / "gnomon.sarif"
    assert (tmp_path / "output").read_text() == f"sarif={sarif}\ncode={code}\n"
    assert len(json.loads(sarif.read_text())["runs"][0]["results"]) == int(code)


@pytest.mark.parametrize(("event", "command"), _assistants(), ids=lambda value: value)
def test_the_assistants_settings_refuse_a_flawed_edit(tmp_path, event, command):
    """The command of each assistant's settings, given the event it is for, answers with the reasons."""
    json.loads(next(text for name, _, text in BLOCKS if name == event))
    name, _, tool = event.partition(" ")
    file, code = str(tmp_path / "a.py"), "obj = pickle.loads(sock.recv())\n"
    written = {"tool_name": tool, "tool_input": {"file_path": file, "content": code}}
    edited = {"file_path": file, "edits": [{"old_string": "", "new_string": code}]}

    result = subprocess.run(
        [Path(sys.executable).with_name("gnomon"), *shlex.split(command)[1:]],
        input=json.dumps({"hook_event_name": name, "cwd": str(tmp_path)} | (written if tool else edited)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("high a.py:1: `pickle.loads()`")


@pytest.mark.network
def test_pre_commit_runs_the_hook(tmp_path):
    """`pre-commit try-repo` builds the hook from this checkout and stops a commit across two files."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "wire.py").write_text("import pickle\n\n\ndef decode(data):\n    return pickle.loads(data)\n")
    (project / "server.py").write_text(
        "import zmq\nfrom wire import decode\n\ns = zmq.Context().socket(zmq.REP)\ns.bind('tcp://*:1')\ndecode(s.recv())\n"
    )
    hook = tmp_path / "hook"  # a repository of its own: the checkout may be a copy without one
    shutil.copytree(ROOT / "src", hook / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, hook)
    _git(hook, "init", "-q")
    _git(hook, "add", ".")
    _git(hook, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "x")
    _git(project, "init", "-q")
    _git(project, "add", "*.py")
    runner = Path(sys.executable).with_name("pre-commit")

    result = subprocess.run(
        [runner, "try-repo", hook, "gnomon", "--files", "server.py"],
        cwd=project,
        env=os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1, result.stdout + result.stderr
    assert "CRITICAL pickle-over-network" in result.stdout
    assert "wire.py:5" in result.stdout


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True)
