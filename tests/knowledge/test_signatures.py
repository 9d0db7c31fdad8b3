"""The signatures that come with gnomon: every file is what its name says, small, and as the builder writes it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gnomon.core.signature import FORMAT
from gnomon.knowledge.load import load as knowledge
from gnomon.knowledge.signatures import load, parsed, written
from tests.knowledge.conftest import DATA

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((DATA / "signatures").glob("*"))
MAX_BYTES = 8_192
ADVISORY = re.compile(r"CVE-\d{4}-\d{4,}|GHSA(-[23456789cfghjmpqrvwx]{4}){3}|PYSEC-\d{4}-\d+")
PROJECTS = {
    "bentoml", "checkpoint-engine", "ktransformers", "lightllm", "llama-stack", "lmdeploy", "max", "nemo-rl", "sglang",
    "verl", "vllm", "xfuser",
}  # fmt: skip


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def file(request) -> Path:
    """Each file of the pack."""
    return request.param


def test_the_pack_knows_the_family():
    """Every project that the flaw is known to have passed through has a signature."""
    found = {signature.origin.project for signature in load().signatures()}

    assert found >= PROJECTS
    assert len(load().signatures()) == len(FILES)


def test_a_file_is_named_as_its_signature(file):
    """Its name is the id and `.toml`: lower-case words joined by `-`."""
    signature = parsed(file.name, file.read_bytes())

    assert file.name == f"{signature.id}.toml"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", signature.id)
    assert signature.format == FORMAT


def test_a_file_is_what_the_builder_writes(file):
    """Reading and writing it gives the same bytes."""
    data = file.read_bytes()

    assert written(parsed(file.name, data)) == data


def test_a_file_is_small(file):
    """A signature is facts and hashes of a few functions."""
    assert file.stat().st_size <= MAX_BYTES


def test_a_signature_says_where_it_comes_from(file):
    """Project, release, digest, repository and licence are there, and the day of what is one release."""
    origin = parsed(file.name, file.read_bytes()).origin

    assert origin.project
    assert origin.release
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", origin.date) or (" " in origin.release and not origin.date)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}|git:[0-9a-f]{40}", origin.digest)
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", origin.repository)
    assert re.fullmatch(r"[A-Za-z0-9.-]+( WITH [A-Za-z0-9.-]+)?", origin.licence)


def test_a_signature_explains_itself(file):
    """Its title is one line without a full stop, its explanation names the functions, its rule and advisories exist."""
    signature = parsed(file.name, file.read_bytes())
    rules = {rule.id for rule in knowledge().rules}

    assert "\n" not in signature.title
    assert not signature.title.endswith(".")
    assert all(
        each.qualname.rpartition(".")[2] in signature.explanation + signature.title
        for each in signature.definitions
        if each.role != "context"
    )
    assert signature.rule in rules
    assert [each for each in signature.advisories if not ADVISORY.fullmatch(each)] == []


def test_a_signature_can_be_found_and_judged(file):
    """Sinks come first, with something to compare; paths are inside of the release; a repair says what is different."""
    signature = parsed(file.name, file.read_bytes())

    assert signature.definitions[0].role == "sink"
    for definition in signature.definitions:
        assert len(definition.shingles) >= 16
        assert definition.statements
        assert definition.lines[0] <= definition.lines[1]
        assert not re.match(r"/|\.\.|[^/]+-\d", definition.path)
    for repair in signature.repairs:
        assert repair.note
        assert not repair.note.endswith(".")
        assert bool(repair.definitions) == (repair.kind != "removed")


def test_the_files_say_what_the_specification_says():
    """The builder's specification has the same signatures, in the same words."""
    specified = {
        signature["id"]: (signature["title"], signature["explanation"], tuple(signature.get("advisories", ())))
        for path in (ROOT / "tools" / "signatures").glob("*.toml")
        for signature in tomllib.loads(path.read_text(encoding="utf-8")).get("signature", ())
    }

    assert specified == {
        signature.id: (signature.title, signature.explanation, signature.advisories)
        for signature in load().signatures()
    }


@pytest.mark.network
def test_the_files_are_what_the_releases_say():
    """Built again from the published archives they are the same; those of commits need clones and are left out."""
    result = subprocess.run(
        [sys.executable, "tools/signatures/build.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr
