"""The engine's answers are kept between runs, and a kept answer is the one the engine would give now."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from msgspec.structs import replace

import gnomon
from gnomon.core.finding import Finding, Skipped
from gnomon.core.tree import Provenance, SourceFile, Tree
from gnomon.io.results import ENGINE, results
from gnomon.knowledge.load import load

FLAWED = (
    b"import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:5555')\nobj = pickle.loads(s.recv())\n"
)

ORIGIN = Provenance(project="p", label="1", date="2024-07-01", basis="upload to the index")


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """Where answers are kept, during one test."""
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "results"


@pytest.fixture
def knowledge(cache):
    """What comes with gnomon."""
    return load()


@pytest.fixture
def engine(tmp_path, cache):
    """A copy of gnomon that may be changed, and runs as a process: `engine.scan(folder)` gives its JSON report."""
    return _Copy(tmp_path / "copy", cache.parent)


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with a flaw."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_bytes(FLAWED)
    return tmp_path / "project"


class _Copy:
    def __init__(self, folder: Path, cache: Path) -> None:
        shutil.copytree(Path(gnomon.__file__).parent, folder / "gnomon", ignore=shutil.ignore_patterns("__pycache__"))
        self.root, self._cache = folder, cache

    def change(self, file: str, old: str, new: str) -> None:
        """Replaces text of the same length; the file keeps its size and its times."""
        path = self.root / "gnomon" / file
        times = path.stat()
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def scan(self, folder: Path) -> dict:
        """The report, as the copied program prints it."""
        done = subprocess.run(
            [sys.executable, "-B", "-P", "-m", "gnomon", "scan", folder, "--format", "json"],
            env=os.environ | {"PYTHONPATH": str(self.root), "GNOMON_CACHE_DIR": str(self._cache)},
            capture_output=True,
            check=False,
        )
        return json.loads(done.stdout)


def _tree(**files: bytes) -> Tree:
    return Tree(target="t", files=tuple(SourceFile(path=f"{name}.py", data=data) for name, data in files.items()))


def test_a_kept_answer_is_the_engines_and_needs_no_engine(knowledge, monkeypatch):
    """Findings and skipped files, in the same order."""
    tree = _tree(a=FLAWED, b=FLAWED + b"def f(:\n")
    fresh = results(tree, knowledge, keep=False)
    first = results(tree, knowledge)
    monkeypatch.setitem(sys.modules, "gnomon.scan.detect", None)

    assert {Finding, Skipped} == {type(result) for result in fresh}
    assert results(tree, knowledge) == first == fresh


def test_nothing_is_kept_unless_wanted(knowledge, cache):
    """Nor looked up."""
    results(_tree(a=FLAWED), knowledge, keep=False)

    assert not cache.exists()


def test_the_trees_name_does_not_matter(knowledge, monkeypatch):
    """A folder is the same from wherever it is scanned."""
    tree = _tree(a=FLAWED)
    fresh = results(tree, knowledge)
    monkeypatch.setitem(sys.modules, "gnomon.scan.detect", None)

    assert results(replace(tree, target="elsewhere", digest="sha256:0", origin=ORIGIN), knowledge) == fresh


@pytest.mark.parametrize(
    "other",
    [
        _tree(a=FLAWED + b"\n"),
        _tree(b=FLAWED),
        _tree(a=FLAWED, b=b""),
        _tree(a=FLAWED[:-1]),
        Tree(target="t", files=_tree(a=FLAWED).files, skipped=(Skipped(path="b.py", reason="gone"),)),
    ],
    ids=["content", "path", "one more", "one byte less", "skipped"],
)
def test_another_tree_is_another_question(knowledge, cache, other):
    """Whatever of it differs."""
    results(_tree(a=FLAWED), knowledge)
    results(other, knowledge)

    assert len(list(cache.iterdir())) == 2


def test_where_one_file_ends_matters(knowledge, cache):
    """Two trees with the same names and bytes in a row are two."""
    results(_tree(a=b"x = 1\ny = 2\n", b=b""), knowledge)
    results(_tree(a=b"x = 1\n", b=b"y = 2\n"), knowledge)

    assert len(list(cache.iterdir())) == 2


def test_other_knowledge_is_another_question(knowledge, cache):
    """A rule or model more may find more."""
    results(_tree(a=FLAWED), knowledge)
    results(_tree(a=FLAWED), replace(knowledge, version="sha256:other"))

    assert len(list(cache.iterdir())) == 2


def test_a_damaged_answer_is_worked_out_again(knowledge, cache):
    """And mended."""
    fresh = results(_tree(a=FLAWED), knowledge)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    assert results(_tree(a=FLAWED), knowledge) == fresh
    assert kept.read_bytes() == whole


def test_a_name_that_is_no_text_is_answered_but_not_kept(knowledge, cache):
    """Such a name has no encoding that could be read back."""
    tree = Tree(target="t", files=(SourceFile(path="f\udcff.py", data=FLAWED),))

    assert results(tree, knowledge) == results(tree, knowledge, keep=False) != ()
    assert not cache.exists()


def test_an_answer_that_ran_out_of_stack_is_not_kept(knowledge, cache):
    """Another process may have more."""
    found = results(_tree(a=FLAWED + b"x = " + b"+".join([b"1"] * 100_000)), knowledge)

    assert next(result.reason for result in found if isinstance(result, Skipped)).startswith("nested too deeply")
    assert not cache.exists()


def test_changed_code_never_answers_with_what_older_code_found(engine, project):
    """A changed engine is seen by its content, even if size and times of the file stay as they were."""
    before = engine.scan(project)["findings"][0]["message"]
    engine.change("scan/wording.py", "any host can reach it", "all hosts may come in")
    after = engine.scan(project)["findings"][0]["message"]

    assert "any host can reach it" in before
    assert "all hosts may come in" in after


def test_an_answer_in_which_gnomon_failed_is_not_kept(engine, project, cache):
    """The next run tries again."""
    engine.change("scan/fingerprint.py", "sha256(", "sha257(")
    skipped = engine.scan(project)["skipped"]

    assert "internal error" in skipped[0]["reason"]
    assert not cache.exists()


def test_every_folder_that_decides_an_answer_is_part_of_its_key():
    """The folders whose code counts are those that the layers call pure, but for what is no part of a scan."""
    root = Path(__file__).parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    pure = next(entry for entry in settings["tool"]["importlinter"]["contracts"] if entry["id"] == "pure")

    elsewhere = {"gnomon.fix", "gnomon.learn", "gnomon.probe"}
    assert {f"gnomon.{name}" for name in ENGINE} == set(pure["source_modules"]) - elsewhere
