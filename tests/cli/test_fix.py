"""`gnomon fix`: offers, diffs, another scan, --write, exit codes."""

import json
import subprocess
import sys

import pytest

SERVER = '''\
"""Receives tensors and settings."""

import io

import numpy as np
import torch
import yaml
import zmq


def main(port: int) -> None:
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(f"tcp://*:{port}")
    weights = torch.load(io.BytesIO(socket.recv()), weights_only=False)  # from the trainer
    batch = np.load(io.BytesIO(socket.recv()),
                    allow_pickle=True)
    settings = yaml.load(socket.recv(), Loader=yaml.UnsafeLoader)
    print(weights, batch, settings)
'''
FIXED = (
    SERVER.replace("weights_only=False", "weights_only=True")
    .replace("allow_pickle=True", "allow_pickle=False")
    .replace("yaml.load(socket.recv(), Loader=yaml.UnsafeLoader)", "yaml.safe_load(socket.recv())")
)


@pytest.fixture
def trainer(tmp_path):
    """A small project whose loaders have switches of their own, in a git repository."""
    folder = tmp_path / "trainer"
    (folder / "trainer").mkdir(parents=True)
    (folder / "trainer" / "__init__.py").write_text("")
    (folder / "trainer" / "server.py").write_text(SERVER)
    (folder / "setup.py").write_text("from setuptools import setup\n\nsetup(name='trainer')\n")
    _git(folder, "init", "-q")
    _git(folder, "add", "-A")
    return folder


def test_without_write_nothing_changes(gnomon, trainer):
    """Each offer with what it removes and why it is only suggested, and its diff; the exit code is the scan's."""
    result = gnomon("fix", cwd=trainer)

    assert (result.returncode, result.stderr) == (1, "")
    assert "suggested: `torch.load` at trainer/server.py:14 is told `weights_only=True`." in result.stdout
    assert "    because it loads tensors and plain containers alone" in result.stdout
    assert "+    settings = yaml.safe_load(socket.recv())\n" in result.stdout
    assert "this folder: 3 critical" in result.stdout
    assert "`--unsafe` applies what is suggested, too" in result.stdout
    assert _git(trainer, "diff") == ""


def test_red_becomes_green(gnomon, trainer):
    """--write applies, scans again and says what is left; only the touched lines differ."""
    result = gnomon("fix", ".", "--write", "--unsafe", cwd=trainer)

    assert (result.returncode, result.stderr) == (0, "")
    assert "this folder: 3 critical" in result.stdout
    assert "written: 1 file changed, 1 new. Scanned again: nothing found" in result.stdout
    assert (trainer / "trainer" / "server.py").read_text() == FIXED
    assert _git(trainer, "diff", "--numstat").split()[:2] == ["3", "3"]
    assert gnomon("scan", trainer).returncode == 0


def test_write_alone_takes_no_suggestion(gnomon, trainer):
    """They are for a person to decide."""
    result = gnomon("fix", "--write", cwd=trainer)

    assert result.returncode == 1
    assert (trainer / "trainer" / "server.py").read_text() == SERVER


def test_git_applies_the_diff(gnomon, trainer):
    """From the folder itself and, with paths that begin there, from the one above."""
    for folder, target in ((trainer, "."), (trainer.parent, "trainer")):
        result = gnomon("fix", target, "--unsafe", "--format", "diff", cwd=folder)

        assert result.returncode == 1
        subprocess.run(["git", "apply", "-"], cwd=folder, input=result.stdout, text=True, check=True)
        assert (trainer / "trainer" / "server.py").read_text() == FIXED
        (trainer / "trainer" / "server.py").write_text(SERVER)


def test_git_applies_diffs_of_odd_files(gnomon, tmp_path):
    """Line ends of Windows, no line end at the end, wide letters and blanks in names."""
    folder = tmp_path / "odd"
    folder.mkdir()
    _git(folder, "init", "-q")
    texts = {
        "crlf.py": SERVER.replace("\n", "\r\n").encode(),
        "no end.py": SERVER.rstrip("\n").encode() + b"; torch.load(io.BytesIO(socket.recv()))",
        'wörter "x".py': b"\xef\xbb\xbf" + SERVER.encode(),
    }
    for name, data in texts.items():
        (folder / name).write_bytes(data)

    result = gnomon("fix", "--unsafe", "--format", "json", cwd=folder)
    diff = json.loads(result.stdout)["diff"].encode()
    subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, check=True)

    expected = FIXED.encode()
    assert (folder / "crlf.py").read_bytes() == expected.replace(b"\n", b"\r\n")
    assert (folder / 'wörter "x".py').read_bytes() == b"\xef\xbb\xbf" + expected
    assert (folder / "no end.py").read_bytes().endswith(b"; torch.load(io.BytesIO(socket.recv()), weights_only=True)")


def test_a_diff_of_nothing_is_empty(gnomon, trainer):
    """And says so beside."""
    result = gnomon("fix", "--format", "diff", cwd=trainer)

    assert (result.returncode, result.stdout) == (1, "")
    assert "there is nothing to apply; add --unsafe for what is only suggested" in result.stderr


def test_one_finding_can_be_named(gnomon, trainer):
    """By its place, also as seen from the working folder, or by the first digits of its fingerprint."""
    found = json.loads(gnomon("scan", trainer, "--format", "json").stdout)["findings"]
    fingerprint = next(each["fingerprint"] for each in found if each["line"] == 17)

    for words, folder in (
        ((".", "trainer/server.py:17"), trainer),
        (("trainer/server.py:17",), trainer),
        (("trainer", "trainer/trainer/server.py:17"), trainer.parent),
        ((fingerprint[:8],), trainer),
    ):
        document = json.loads(gnomon("fix", *words, "--format", "json", cwd=folder).stdout)
        assert document["offers"][0]["title"] == "`yaml.load` at trainer/server.py:17 becomes `safe_load`."
        assert {each for offer in document["offers"] for each in offer["findings"]} == {fingerprint}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([".", "deadbeef"], "there is no finding deadbeef in ."),
        ([".", "trainer/server.py:1"], "there is no finding trainer/server.py:1 in ."),
        ([".", "server"], "'server' names no finding"),
        (["nowhere"], "nowhere does not exist"),
        ([".", "--style", "base64"], "'base64' is not one of"),
        ([".", "--endpoint", "ipc:/tmp/a.sock"], "/tmp, which is everybody's"),
        ([".", "--policy", "p.json"], "--policy is for --style restrict"),
        ([".", "--style", "restrict", "--policy", "p.json"], "the policy p.json can't be read"),
        ([".", "--report", "no/such/folder/r.md"], "there is no folder no/such/folder"),
        ([".", "--config", "a", "--no-config"], "contradict each other"),
    ],
)
def test_mistakes_are_told(gnomon, trainer, arguments, problem):
    """Exit code 2, with what there is."""
    result = gnomon("fix", *arguments, cwd=trainer)

    assert result.returncode == 2
    assert problem in result.stderr
    if "finding" in problem:
        assert "trainer/server.py:14" in result.stderr


def test_the_json_document_tells_everything(gnomon, trainer):
    """Schema 1: offers with their files and diffs, what was found, and what would be left."""
    result = gnomon("fix", "--unsafe", "--format", "json", cwd=trainer)
    document = json.loads(result.stdout)

    assert document["schema"] == 1
    assert document["summary"] == {
        "findings": 3, "automatic": 0, "suggested": 4, "impossible": 0, "left": 0, "written": False, "complete": True,
    }  # fmt: skip
    assert document["left"] == []
    offer = document["offers"][0]
    assert (offer["standing"], offer["style"], offer["recipe"], offer["chosen"]) == (
        "suggested", "weights-only", "loaders", True,
    )  # fmt: skip
    assert offer["files"][-1] == {"path": "trainer/server.py", "new": False}
    assert [each["chosen"] for each in document["offers"]] == [True, True, True, False]  # the last is another way
    assert offer["findings"] == [document["findings"][0]["fingerprint"]]


def test_what_can_not_be_changed_says_why(gnomon, trainer):
    """A loader that is given its arguments elsewhere, and a file that is no plain UTF-8."""
    (trainer / "late.py").write_bytes(
        b"# coding: latin-1\nimport torch, io, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:1')\n"
        b"torch.load(io.BytesIO(s.recv()), weights_only=False)  # \xe9\n"
    )
    result = gnomon("fix", "--write", "--unsafe", cwd=trainer)

    assert result.returncode == 1
    assert "impossible: `torch.load` at late.py:5" in result.stdout
    assert "    because late.py is written in iso-8859-1, not in UTF-8" in result.stdout
    assert (trainer / "trainer" / "server.py").read_text() == FIXED


def test_only_folders_and_files_are_written(gnomon, trainer):
    """An archive or a commit is read, never changed; a single file is."""
    _git(trainer, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all")
    commit = gnomon("fix", f"{trainer}@HEAD", "--write")
    archive = trainer.parent / "trainer.zip"
    _git(trainer, "archive", "-o", archive, "HEAD")
    packed = gnomon("fix", archive, "--write")
    single = gnomon("fix", "trainer/server.py", "--write", "--unsafe", cwd=trainer)

    assert (commit.returncode, packed.returncode, single.returncode) == (2, 2, 0)
    assert "--write changes files in a folder" in commit.stderr
    assert (trainer / "trainer" / "server.py").read_text() == FIXED
    assert gnomon("fix", archive, "--unsafe", "--format", "diff").stdout.startswith("diff --git a/trainer/server.py")


def test_exit_codes_are_the_scans(gnomon, trainer, tmp_path):
    """Nothing to look at 3, nothing found 0, something skipped 4."""
    clean = tmp_path / "clean"
    clean.mkdir()
    assert gnomon("fix", clean).returncode == 3
    (clean / "a.py").write_text("x = 1\n")
    result = gnomon("fix", clean)
    assert (result.returncode, "There is nothing to fix." in result.stdout) == (0, True)
    (trainer / "broken.py").write_bytes(b"import pickle, zmq\npickle.loads(zmq\x00(((\n")
    assert gnomon("fix", trainer).returncode == 4


def test_names_and_code_are_made_visible(gnomon, tmp_path):
    """What would move a terminal's cursor is shown, not obeyed."""
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "a\x1b[2J.py").write_text(SERVER + "    print('\x1b[31m')\n")

    result = gnomon("fix", folder)

    assert "\x1b" not in result.stdout
    assert "a\\x1b[2J.py:14" in result.stdout


def test_the_report_for_maintainers_has_the_diff(gnomon, trainer):
    """On standard output it is alone, in a file it is beside."""
    alone = gnomon("fix", "--unsafe", "--report", "-", cwd=trainer)
    beside = gnomon("fix", "--unsafe", "--report", "r.md", cwd=trainer)

    assert alone.stdout.startswith("# Unsafe deserialization in ")
    assert "+    settings = yaml.safe_load(socket.recv())" in alone.stdout
    assert (trainer / "r.md").read_text() == alone.stdout
    assert "suggested: `torch.load`" in beside.stdout


def _git(folder, *arguments):
    command = ["git", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_both_ends_of_a_toy_server_become_green_by_one_command(gnomon, tmp_path):
    """Four files, an automatic change, generated tests that pass, and nothing left to find."""
    files = {
        "settings.py": "PORT = 5557\n",
        "protocol.py": (
            "from dataclasses import dataclass\n\n\n@dataclass\nclass Job:\n    prompt: str\n    tokens: int\n"
        ),
        "server.py": (
            "import pickle\n\nimport zmq\n\nfrom settings import PORT\n\n\ndef main():\n"
            "    socket = zmq.Context().socket(zmq.REP)\n    socket.bind(f'tcp://127.0.0.1:{PORT}')\n    while True:\n"
            "        job = pickle.loads(socket.recv())  # a Job\n"
            "        socket.send(pickle.dumps({'text': 'done', 'tokens': 3}))\n"
        ),
        "client.py": (
            "import pickle\n\nimport zmq\n\nfrom protocol import Job\nfrom settings import PORT\n\n\n"
            "def ask(prompt: str):\n"
            "    socket = zmq.Context().socket(zmq.REQ)\n    socket.connect(f'tcp://127.0.0.1:{PORT}')\n"
            "    socket.send(pickle.dumps(Job(prompt, 2)))\n    return pickle.loads(socket.recv())\n"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    result = gnomon("fix", "--write", cwd=tmp_path)

    assert (result.returncode, result.stderr) == (0, "")
    assert "changes: 1 automatic, 0 suggested, 0 impossible" in result.stdout
    assert "written: 2 files changed, 2 new. Scanned again: nothing found" in result.stdout
    assert "pickle" not in (tmp_path / "server.py").read_text() + (tmp_path / "client.py").read_text()
    assert (tmp_path / "protocol.py").read_text() == files["protocol.py"]
    tests = [sys.executable, "-m", "pytest", "-q", "test_wire_messages.py"]
    assert subprocess.run(tests, cwd=tmp_path, capture_output=True, timeout=120, check=False).returncode == 0


def test_an_endpoint_is_narrowed_beside_the_style(gnomon, tmp_path):
    """What is asked for with --endpoint is a suggestion: with --write --unsafe it is applied to both ends, as well."""
    for name, kind, call in (("server", "PULL", "bind('tcp://*:5557')"), ("client", "PUSH", "connect('tcp://a:5557')")):
        use = "return s.recv_pyobj()" if name == "server" else "s.send_pyobj({'text': 'a'})"
        code = f"import zmq\n\n\ndef main():\n    s = zmq.Context().socket(zmq.{kind})\n    s.{call}\n    {use}\n"
        (tmp_path / f"{name}.py").write_text(code)
    asked = ("fix", "--style", "hmac", "--endpoint", "ipc:/run/worker/a.sock")

    shown = gnomon(*asked, cwd=tmp_path)
    result = gnomon(*asked, "--write", "--unsafe", cwd=tmp_path)
    server, client = ((tmp_path / f"{name}.py").read_text() for name in ("server", "client"))

    assert "suggested: Meet at `ipc:///run/worker/a.sock` in place of a port (server.py:6, client.py:6)" in shown.stdout
    assert (result.returncode, result.stderr) == (0, "")
    assert 's.bind(private_address("/run/worker/a.sock"))' in server
    assert 's.connect("ipc:///run/worker/a.sock")' in client
    assert "signed_pickle" in server
    assert (tmp_path / "private_paths.py").exists()
