"""`gnomon audit` and `gnomon db` as commands: what they print, and their exit codes."""

import json
import zipfile
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from gnomon.cli.audit import exit_code
from gnomon.cli.auditing import Question, audited

FLAWED = "class MooncakeTransferEngine:\n    def recv_bytes(self):\n        return self.receiver_socket.recv_pyobj()\n"
MOONCAKE = "vllm/distributed/kv_transfer/kv_pipe/mooncake_pipe.py"
SITE = "lib/python3.12/site-packages"


@pytest.fixture
def environment(tmp_path):
    """Makes an environment with vLLM: `environment("0.8.0", FLAWED)`."""

    def make(version="0.8.0", code=FLAWED, name="env"):
        site = tmp_path / name / SITE
        info = site / f"vllm-{version}.dist-info"
        info.mkdir(parents=True)
        (tmp_path / name / "pyvenv.cfg").write_text("home = /usr/bin\n")
        (info / "METADATA").write_text(f"Name: vllm\nVersion: {version}\n")
        (site / MOONCAKE).parent.mkdir(parents=True)
        (site / MOONCAKE).write_text(code)
        (info / "RECORD").write_text(f"{MOONCAKE},sha256=AAAA,1\n")
        return tmp_path / name

    return make


def verdicts(result):
    """Status by advisory, of a JSON answer."""
    return {each["advisory"]: each["status"] for each in json.loads(result.stdout)["verdicts"]}


def test_flawed_code_is_named_with_file_and_line(gnomon, environment):
    """Exit code 1."""
    result = gnomon("audit", environment())

    assert (result.returncode, result.stderr) == (1, "")
    assert (
        "vllm 0.8.0 CVE-2025-32444: vLLM: the Mooncake pipe still unpickles what reaches its sockets" in result.stdout
    )
    assert (
        f"  at {SITE}/{MOONCAKE}:3 self.receiver_socket.recv_pyobj in MooncakeTransferEngine.recv_bytes"
        in result.stdout
    )
    assert "called fixed, and the flawed code is there" in result.stdout  # CVE-2025-29783 in 0.8.0
    assert "  to do: vllm 0.8.5: repairs CVE-2025-29783, CVE-2025-32444" in result.stdout


def test_the_three_answers_of_evidence(gnomon, environment):
    """Affected and there; called affected and not there; called fixed and there."""
    answers = verdicts(gnomon("audit", environment(), "--format", "json"))

    assert answers["CVE-2025-32444"] == "affected"
    assert answers["CVE-2025-47277"] == "code-absent"
    assert answers["CVE-2025-29783"] == "still-flawed"


def test_without_evidence_versions_are_compared(gnomon, environment):
    """By the ranges that were verified: 0.8.0 has CVE-2025-29783, whatever its record says."""
    result = gnomon("audit", environment(), "--no-evidence", "--format", "json")

    assert result.returncode == 1
    assert verdicts(result)["CVE-2025-29783"] == "by-version"


def test_a_clean_environment(gnomon, environment):
    """Exit code 0, with what was asked, and how old that is."""
    folder = environment()
    info = folder / SITE / "vllm-0.8.0.dist-info"
    (info / "METADATA").write_text("Name: harmless\nVersion: 1\n")

    result = gnomon("audit", folder)

    assert result.returncode == 0
    assert "1 package; no known flaw found\n" in result.stdout
    assert "advisories: gnomon's own, " in result.stdout


def test_changed_files_are_told(gnomon, environment):
    """The list of what was installed has another hash."""
    folder = environment(code="x = 1\n")
    (folder / SITE / "vllm-0.8.0.dist-info" / "RECORD").write_text(
        f"{MOONCAKE},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
    )

    assert f"Remark: {SITE}/{MOONCAKE}: changed since vllm 0.8.0 was installed" in gnomon("audit", folder).stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [("vllm==0.8.4\n", 1), ("harmless==1\n", 0), ("vllm>=0.6\n", 4), ("harmless==1\n-r gone.txt\n", 4), ("", 3)],
)
def test_exit_codes(gnomon, tmp_path, text, code):
    """As the table has them: what can't be told is never clean."""
    (tmp_path / "requirements.txt").write_text(text)

    assert gnomon("audit", tmp_path / "requirements.txt").returncode == code


def test_a_target_that_is_not_there_is_wrong_usage(gnomon, tmp_path):
    """Exit code 2."""
    assert gnomon("audit", tmp_path / "gone").returncode == 2


def test_the_active_environment_is_the_default(gnomon, environment):
    """And said so on standard error."""
    folder = environment()

    result = gnomon("audit", VIRTUAL_ENV=str(folder))

    assert result.returncode == 1
    assert result.stderr == f"gnomon: auditing {folder}: VIRTUAL_ENV names it\n"


def test_old_advisories_make_it_incomplete(tmp_path, monkeypatch):
    """Those that come with gnomon only if the user sets a limit; the reason says what to do."""
    monkeypatch.setenv("GNOMON_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "requirements.txt").write_text("harmless==1\n")
    target, later = str(tmp_path / "requirements.txt"), date(2100, 1, 1)

    limited = audited(target, Question(today=later, max_age_days=10))
    unlimited = audited(target, Question(today=later))

    assert "older than the 10 days that are allowed: update gnomon" in limited.skipped[0].reason
    assert (exit_code(limited), exit_code(unlimited)) == (4, 0)


def _dump(path, modified):
    affected = {
        "package": {"name": "acme", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("GHSA-1.json", json.dumps({"id": "GHSA-1", "modified": modified, "affected": [affected]}))


def test_an_imported_dump_is_asked(gnomon, tmp_path):
    """And one that is older than thirty days makes the answer incomplete."""
    _dump(tmp_path / "all.zip", "2024-01-01T00:00:00Z")
    (tmp_path / "requirements.txt").write_text("acme==1\n")

    imported = gnomon("db", "import", tmp_path / "all.zip")
    stale = gnomon("audit", tmp_path / "requirements.txt")
    allowed = gnomon("audit", tmp_path / "requirements.txt", "--max-age", "100000")

    assert (imported.returncode, imported.stderr) == (0, "")
    assert imported.stdout.startswith(
        "1 records of Python packages imported, newest of 2024-01-01; 0 others left out\n"
    )
    assert stale.returncode == 4
    assert "gnomon db import all.zip with a new dump" in stale.stdout
    assert allowed.returncode == 1
    assert "acme 1 GHSA-1 by version" in allowed.stdout
    assert "OSV dump all.zip: 1 records, newest of 2024-01-01" in gnomon("db", "show").stdout


def test_an_import_that_misses_something_is_incomplete(gnomon, tmp_path):
    """Exit code 4; 2 if there is nothing to import."""
    _dump(tmp_path / "all.zip", "2026-01-01")
    with zipfile.ZipFile(tmp_path / "all.zip", "a") as archive:
        archive.writestr("b\x1b[2J.json", "{")

    result = gnomon("db", "import", tmp_path / "all.zip")

    assert result.returncode == 4
    assert "not imported: b\\x1b[2J.json" in result.stderr
    assert gnomon("db", "import", tmp_path / "gone.zip").returncode == 2


def test_a_failed_look_up_is_incomplete(gnomon, tmp_path):
    """The service that is asked is not there."""
    (tmp_path / "requirements.txt").write_text("harmless==1\n")

    result = gnomon("audit", tmp_path / "requirements.txt", "--online", GNOMON_OSV_URL="http://127.0.0.1:1")

    assert result.returncode == 4
    assert "the look-up failed" in result.stdout


def test_the_other_formats(gnomon, environment):
    """SARIF by its schema; VEX says what was seen, with the hashes of files."""
    folder = environment()
    sarif = json.loads(gnomon("audit", folder, "--format", "sarif").stdout)
    schema = Path(__file__).parents[1] / "render" / "data" / "sarif-schema-2.1.0.json"
    jsonschema.validate(sarif, json.loads(schema.read_text()))
    places = [each["locations"][0]["physicalLocation"] for each in sarif["runs"][0]["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {f"{SITE}/{MOONCAKE}"}

    openvex = json.loads(gnomon("audit", folder, "--format", "openvex").stdout)
    told = {each["vulnerability"]["name"]: each for each in openvex["statements"]}
    assert told["CVE-2025-32444"]["status"] == "affected"
    assert "action_statement" in told["CVE-2025-32444"]
    assert told["CVE-2025-47277"]["justification"] == "vulnerable_code_not_present"
    [file] = told["CVE-2025-32444"]["products"][0]["subcomponents"]
    assert file["@id"] == f"pkg:pypi/vllm@0.8.0#{SITE}/{MOONCAKE}"
    assert len(file["hashes"]["sha-256"]) == 64

    cyclonedx = json.loads(gnomon("audit", folder, "--format", "cyclonedx").stdout)
    states = {each["id"]: each["analysis"]["state"] for each in cyclonedx["vulnerabilities"]}
    assert (states["CVE-2025-32444"], states["CVE-2025-47277"]) == ("exploitable", "not_affected")
    refs = {each["bom-ref"] for each in cyclonedx["components"]}
    assert {each["affects"][0]["ref"] for each in cyclonedx["vulnerabilities"]} <= refs


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "openvex", "cyclonedx"])
def test_hostile_names_stay_harmless(gnomon, environment, format_):
    """Escape sequences in names and versions don't reach the terminal."""
    folder = environment()
    (folder / SITE / "vllm-0.8.0.dist-info" / "METADATA").write_text("Name: vllm\nVersion: 0\x1b]0;x\x07\n")

    result = gnomon("audit", folder, "--format", format_)

    assert result.returncode in {1, 4}
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout


COPY = """\
import pickle
import torch


class GroupCoordinator:
    def recv_object(self, src):
        size_tensor = torch.empty(1, dtype=torch.long, device="cpu")
        rank_size = torch.distributed.recv(size_tensor, src=self.ranks[src], group=self.cpu_group)
        object_tensor = torch.empty(size_tensor.item(), dtype=torch.uint8, device="cpu")
        rank_object = torch.distributed.recv(object_tensor, src=self.ranks[src], group=self.cpu_group)
        assert rank_object == rank_size, "Received object sender rank does not match the size sender rank."
        obj = pickle.loads(object_tensor.numpy().tobytes())
        return obj
"""


def test_copies_are_looked_for_where_that_is_asked(gnomon, tmp_path):
    """In packages that no advisory is about; exit code 1."""
    site = tmp_path / "env" / SITE
    info = site / "fork-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: fork\nVersion: 1\n")
    (info / "RECORD").write_text("fork/state.py,,\n")
    (site / "fork").mkdir()
    (site / "fork" / "state.py").write_text(COPY)

    asked = gnomon("audit", tmp_path / "env", "--copies", "--format", "json")

    assert gnomon("audit", tmp_path / "env").returncode == 0
    assert asked.returncode == 1
    [found] = json.loads(asked.stdout)["verdicts"]
    assert (found["status"], found["advisory"]) == ("copied", "GHSA-pgr7-mhp5-fgjp")
    assert [sight["path"] for sight in found["sights"]] == [f"{SITE}/fork/state.py"]
