"""One target, read once, has the answers that the three verbs give; whatever is wrong with it is an answer, too."""

import json
import os
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from gnomon.cli.examining import examine, tools
from gnomon.core.survey import Instructions, Surveyed
from gnomon.render.document import packed
from gnomon.trace.held import Part

WHEEL = "vllm-0.8.0-py3-none-any.whl"
FLAWED = """\
import pickle

import zmq

socket = zmq.Context().socket(zmq.PULL)
socket.bind("tcp://*:5557")


def serve():
    return pickle.loads(socket.recv())
"""


@pytest.fixture(autouse=True)
def _cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))


def _examined(folder: Path, target: str, **more: object) -> Surveyed:
    instructions = packed(replace(Instructions(tools=tools(), folder=str(folder), cache=False), **more))
    answer = examine(instructions, target)
    assert examine(instructions, target) == answer
    return msgspec.msgpack.decode(answer, type=Surveyed)


def _wheel(folder: Path) -> str:
    with zipfile.ZipFile(folder / WHEEL, "w") as archive:
        archive.writestr("vllm/server.py", FLAWED)
        archive.writestr(
            "vllm/plain.py", "def plain(numbers):\n    return [number + 1 for number in numbers if number]\n"
        )
        archive.writestr("vllm-0.8.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: vllm\nVersion: 0.8.0\n")
    return WHEEL


def test_one_reading_gives_what_the_three_verbs_give(gnomon, tmp_path):
    """Field by field but for what made the document, and how old the advisories are today."""
    target = _wheel(tmp_path)
    scan, trace, audit = (
        json.loads(gnomon(verb, target, "--format", "json", cwd=tmp_path).stdout) for verb in ("scan", "trace", "audit")
    )
    for each in (scan, audit):
        del each["tool"], each["schema"]
    for each in audit["sources"]:
        each["age_days"] = None

    answer = _examined(tmp_path, target)
    document = json.loads(answer.document)

    assert (document["scan"], document["trace"], document["audit"]) == (scan, trace["targets"][0], audit)
    assert len(scan["findings"]) == 1
    assert audit["packages"][0]["name"] == "vllm"
    assert (answer.name, answer.project, answer.label, answer.status) == (WHEEL, "vllm", "0.8.0", "examined")
    assert (answer.files, answer.lines, answer.bytes) == (2, 12, len(FLAWED) + 76)


def test_a_part_has_the_functions_with_a_sink_or_all(tmp_path):
    """With what scan says of the worst finding in each."""
    target = _wheel(tmp_path)
    part, whole = (
        msgspec.msgpack.decode(_examined(tmp_path, target, all_functions=every).part, type=Part)
        for every in (False, True)
    )

    assert [(each.path, each.unit.qualname, each.severity, each.reach) for each in part.held] == [
        ("vllm/server.py", "serve", "critical", "any-host")
    ]
    assert part.held[0].sighting.state == "unfixed"
    assert {each.unit.qualname for each in whole.held} == {"serve", "plain"}
    assert (part.release.project, part.release.label) == ("vllm", "0.8.0")


def test_what_is_not_asked_is_null(tmp_path):
    """And a folder that names no package is not audited."""
    document = json.loads(_examined(tmp_path, _wheel(tmp_path), trace=False, audit=False).document)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.py").write_text(FLAWED)
    folder = json.loads(_examined(tmp_path, "folder").document)

    assert (document["trace"], document["audit"]) == (None, None)
    assert folder["trace"]["copies"] == []
    assert (folder["audit"], folder["project"], folder["name"]) == (None, "folder", "folder")


def test_what_can_not_be_read_is_an_answer(tmp_path, monkeypatch):
    """With the reason, what to do, and whether it may be gone later; no path of this machine is in it."""
    monkeypatch.setenv("GNOMON_OFFLINE", "1")
    (tmp_path / "empty").mkdir()
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04 and no more")
    answers = {
        target: _examined(tmp_path, target) for target in ("nowhere", "empty", "torn.zip", "pypi:pkg==1", "pypi:??")
    }

    assert {target: (each.status, each.passing) for target, each in answers.items()} == {
        "nowhere": ("failed", False),
        "empty": ("examined", False),
        "torn.zip": ("failed", False),
        "pypi:pkg==1": ("failed", False),
        "pypi:??": ("failed", False),
    }
    assert answers["nowhere"].problem == "nowhere does not exist."
    assert answers["empty"].problem.startswith("there is no Python in empty")
    assert (answers["pypi:pkg==1"].project, answers["pypi:pkg==1"].label) == ("pkg", "1")
    assert all(json.loads(each.document)["problem"] == each.problem for each in answers.values())
    assert str(tmp_path) not in "".join(str(each) for each in answers.values())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_a_name_that_is_no_text_is_told_as_far_as_it_goes(tmp_path):
    """The answer can be kept all the same."""
    (tmp_path / "folder").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "folder") + b"/\xff.py")).write_text(FLAWED)

    answer = _examined(tmp_path, "folder")

    assert json.loads(answer.document)["scan"]["findings"][0]["path"] == "\\udcff.py"
    assert msgspec.msgpack.decode(answer.part, type=Part).held[0].path == "\\udcff.py"


def test_a_worker_with_another_gnomon_says_so(tmp_path):
    """Its answer would be another one; elsewhere the target may be read."""
    answer = _examined(tmp_path, _wheel(tmp_path), tools=replace(tools(), gnomon="0.0.1", python="3.99"))

    assert (answer.status, answer.passing) == ("failed", True)
    assert answer.remedy == "install gnomon 0.0.1 on Python 3.99 there"


def test_markers_and_configurations_of_targets_do_not_count(tmp_path, monkeypatch):
    """Wherever the survey is begun: code that could silence it would look clean to everybody."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.py").write_text(FLAWED.replace("recv())", "recv())  # gnomon: ignore[pickle-over-network]: trust me"))
    (folder / "pyproject.toml").write_text('[tool.gnomon]\nexclude = ["a.py"]\n')
    monkeypatch.chdir(folder)

    assert len(json.loads(_examined(tmp_path, "folder").document)["scan"]["findings"]) == 1
