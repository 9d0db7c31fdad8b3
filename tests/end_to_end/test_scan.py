"""`gnomon scan` as a user meets it: what it answers, what it prints and how it exits."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

LOAD_LINE = 11
BIND_LINE = 8


def test_a_flawed_server_is_found_with_its_endpoint(gnomon, flawed):
    """The load, the receive, the bind and who can reach it are in the JSON answer; the exit code is 1."""
    result = gnomon("scan", flawed, "--format", "json")

    assert result.returncode == 1, result.stderr
    [finding] = json.loads(result.stdout)["findings"]
    assert (finding["path"], finding["line"], finding["sink"]) == ("toy/server.py", LOAD_LINE, "pickle.loads")
    assert (finding["severity"], finding["source"]["kind"]) == ("critical", "zmq")
    assert (finding["endpoint"]["role"], finding["endpoint"]["reach"]) == ("bind", "any-host")
    assert finding["endpoint"]["authentication"] == "none"
    assert BIND_LINE in {evidence["line"] for evidence in finding["endpoint"]["evidence"] if evidence.get("line")}
    assert [finding["flow"][0]["role"], finding["flow"][-1]["role"]] == ["source", "sink"]


def test_a_clean_server_exits_with_zero(gnomon, clean):
    """No finding, nothing skipped: exit code 0."""
    result = gnomon("scan", clean, "--format", "json")

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["findings"] == []


def test_every_kind_of_target_gives_the_same_answer(gnomon, flawed, tmp_path):
    """A folder, a wheel, a zip and a source distribution of the same code have the same findings."""
    answers = {
        target.name: _identities(gnomon("scan", target, "--format", "json").stdout)
        for target in (flawed, _wheel(flawed, tmp_path), _zip(flawed, tmp_path), _sdist(flawed, tmp_path))
    }

    expected = answers.pop(flawed.name)
    assert len(expected) == 1
    assert all(answer == expected for answer in answers.values()), answers


def test_one_file_is_a_target(gnomon, flawed):
    """A single Python file can be scanned."""
    result = gnomon("scan", flawed / "toy" / "server.py")

    assert result.returncode == 1
    assert "server.py" in result.stdout


def test_scanned_code_is_not_run(gnomon, flawed):
    """Importing the scanned package would leave a mark; scanning it leaves none."""
    mark = flawed / "mark"
    for name in ("toy/__init__.py", "setup.py", "conftest.py", "sitecustomize.py"):
        (flawed / name).write_text(f"open({str(mark)!r}, 'w').close()\n")

    gnomon("scan", flawed)

    assert not mark.exists()


def test_a_scan_changes_nothing_in_its_target(gnomon, flawed):
    """After a scan the folder holds the same files with the same bytes."""
    before = {path: path.read_bytes() for path in flawed.rglob("*") if path.is_file()}

    gnomon("scan", flawed)

    assert {path: path.read_bytes() for path in flawed.rglob("*") if path.is_file()} == before


def test_text_shows_the_path_of_the_bytes(gnomon, flawed):
    """The default output names receive, load, bind and address, and colours nothing in a pipe."""
    result = gnomon("scan", flawed)

    assert result.returncode == 1
    assert "\x1b" not in result.stdout
    assert "tcp://*:5557" in result.stdout
    assert {f"server.py:{line}" for line in (BIND_LINE, 10, LOAD_LINE)} <= set(_references(result.stdout))


def test_sarif_names_rule_and_place(gnomon, flawed):
    """`--format sarif` is SARIF 2.1.0 with the load as the result's location."""
    result = gnomon("scan", flawed, "--format", "sarif")

    log = json.loads(result.stdout)
    [finding] = log["runs"][0]["results"]
    place = finding["locations"][0]["physicalLocation"]
    assert log["version"] == "2.1.0"
    assert place["artifactLocation"]["uri"] == "toy/server.py"
    assert place["region"]["startLine"] == LOAD_LINE
    assert finding["codeFlows"]


@pytest.mark.parametrize("arguments", [["scan", "no-such-folder"], ["scan"], ["scan", "--format", "yaml", "."]])
def test_a_wrong_call_exits_with_two_and_says_why(gnomon, arguments):
    """A missing target, no target and an unknown format exit with 2, one message, no traceback."""
    result = gnomon(*arguments)

    assert result.returncode == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


def test_a_folder_without_python_exits_with_three(gnomon, tmp_path):
    """Nothing to look at is not clean."""
    (tmp_path / "notes.txt").write_text("no code here")

    result = gnomon("scan", tmp_path)

    assert result.returncode == 3
    assert result.stderr.strip()


def test_a_deployment_widens_the_reach_and_opens_a_hatch(gnomon, tmp_path):
    """A compose file beside the code is evidence in the report, and its escape hatch a finding of its own."""
    (tmp_path / "worker.py").write_text(
        "import os, zmq\n"
        "sock = zmq.Context().socket(zmq.PULL)\n"
        "sock.bind('tcp://' + os.environ.get('WORKER_HOST', '127.0.0.1') + ':5557')\n"
        "sock.recv_pyobj()\n"
    )
    (tmp_path / "compose.yaml").write_text(
        "services:\n  worker:\n    build: .\n    environment:\n"
        "      WORKER_HOST: 0.0.0.0\n      VLLM_ALLOW_INSECURE_SERIALIZATION: 1\n"
    )

    result = gnomon("scan", tmp_path, "--format", "json")

    widened, opened = json.loads(result.stdout)["findings"]
    assert result.returncode == 1
    assert (widened["severity"], widened["endpoint"]["reach"]) == ("critical", "any-host")
    assert ("compose.yaml", 5) in [(item["path"], item["line"]) for item in widened["endpoint"]["evidence"]]
    assert (opened["rule"], opened["path"], opened["line"]) == ("deserialization-escape-hatch", "compose.yaml", 6)


def test_deployment_files_alone_are_something_to_look_at(gnomon, tmp_path):
    """A folder with a Dockerfile and no Python is clean, not empty."""
    (tmp_path / "Dockerfile").write_text('FROM python:3.12\nCMD ["python"]\n')

    result = gnomon("scan", tmp_path)

    assert result.returncode == 0
    assert "1 file " in result.stdout


def test_an_unreadable_file_is_listed_and_its_neighbour_still_reported(gnomon, flawed):
    """A file that is not Python exits with 4, is listed with a reason, and hides no finding."""
    (flawed / "toy" / "broken.py").write_bytes(b"import pickle\npickle.loads(" + b"((\x00\xff\n" * 100)

    result = gnomon("scan", flawed, "--format", "json")

    answer = json.loads(result.stdout)
    assert result.returncode == 4
    assert [finding["path"] for finding in answer["findings"]] == ["toy/server.py"]
    assert [skipped["path"] for skipped in answer["skipped"]] == ["toy/broken.py"]
    assert all(skipped["reason"] for skipped in answer["skipped"])


def test_a_hostile_file_name_reaches_the_terminal_escaped(gnomon, flawed):
    """Escape and newline characters in file names are shown, not obeyed."""
    (flawed / "toy" / "server.py").rename(flawed / "toy" / "ser\x1b[2J\nver.py")

    result = gnomon("scan", flawed)

    assert result.returncode == 1
    assert "\x1b" not in result.stdout + result.stderr
    assert "ser" in result.stdout


def test_an_archive_writes_nothing_outside_of_itself(gnomon, flawed, tmp_path):
    """A member named `../../evil.py` creates no file anywhere; the archive's other files are scanned."""
    archive = _zip(flawed, tmp_path)
    with zipfile.ZipFile(archive, "a") as members:
        members.writestr("../../evil.py", "import pickle\n")

    result = gnomon("scan", archive, "--format", "json")

    assert result.returncode in {1, 4}
    assert len(json.loads(result.stdout)["findings"]) == 1
    assert not list(tmp_path.parent.rglob("evil.py"))


def test_a_reader_that_leaves_early_sees_no_traceback(flawed):
    """`gnomon scan … | head -n 1` ends quietly."""
    command = Path(sys.executable).with_name("gnomon")

    result = subprocess.run(
        ["sh", "-c", '"$0" scan "$1" | head -n 1', command, flawed], capture_output=True, text=True, check=False
    )

    assert "Traceback" not in result.stderr


def test_two_runs_print_the_same_bytes(gnomon, flawed):
    """The answer has no clock, no random order and no temporary path in it."""
    first, second = (gnomon("scan", flawed, "--format", "json").stdout for _ in range(2))

    assert first == second


@pytest.mark.network
def test_the_origin_of_it_all_is_found_in_its_release(gnomon):
    """llama-stack 0.0.40 unpickles three times with recv_pyobj and once with loads, on loopback; 0.0.41 never."""
    flawed_release = gnomon("scan", "pypi:llama-stack==0.0.40", "--format", "json", timeout_s=300)
    fixed_release = gnomon("scan", "pypi:llama-stack==0.0.41", "--format", "json", timeout_s=300)

    findings = json.loads(flawed_release.stdout)["findings"]
    sinks = sorted(finding["sink"].rpartition(".")[2] for finding in findings)
    assert sinks == ["loads", "recv_pyobj", "recv_pyobj", "recv_pyobj"]
    assert {finding["endpoint"]["reach"] for finding in findings} == {"this-host"}
    assert "critical" not in {finding["severity"] for finding in findings}
    assert json.loads(fixed_release.stdout)["findings"] == []


def _identities(output: str) -> set[tuple[str, int, str]]:
    return {
        (finding["path"].partition("toy/")[2], finding["line"], finding["sink"])
        for finding in json.loads(output)["findings"]
    }


def _references(text: str) -> list[str]:
    return [f"server.py:{rest.split(':')[0].split()[0]}" for rest in text.split("server.py:")[1:]]


def _wheel(folder: Path, into: Path) -> Path:
    path = _zip(folder, into, "toy-1.0-py3-none-any.whl")
    with zipfile.ZipFile(path, "a") as wheel:
        wheel.writestr("toy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    return path


def _zip(folder: Path, into: Path, name: str = "toy.zip") -> Path:
    with zipfile.ZipFile(into / name, "w") as archive:
        for path in sorted(folder.rglob("*.py")):
            archive.write(path, path.relative_to(folder))
    return into / name


def _sdist(folder: Path, into: Path) -> Path:
    with tarfile.open(into / "toy-1.0.tar.gz", "w:gz") as archive:
        for path in sorted(folder.rglob("*.py")):
            member = tarfile.TarInfo(f"toy-1.0/{path.relative_to(folder).as_posix()}")
            member.size = path.stat().st_size
            archive.addfile(member, io.BytesIO(path.read_bytes()))
    return into / "toy-1.0.tar.gz"
