"""An archive is used only if it is the labelled one."""

import hashlib
import subprocess

import pytest

from bench.archives import Archive, ArchiveError, Commit, archive_path, commit_path
from bench.trees import python_files


def test_a_cached_archive_is_verified(tmp_path):
    """A file with the right digest is used as it is, without the network."""
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "toy.whl").write_bytes(b"content")
    archive = Archive("toy", "toy.whl", hashlib.sha256(b"content").hexdigest())

    assert archive_path(archive, tmp_path, offline=True) == tmp_path / "archives" / "toy.whl"


def test_another_digest_is_refused(tmp_path):
    """A changed file is an error, not a result."""
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "toy.whl").write_bytes(b"tampered with")

    with pytest.raises(ArchiveError, match="sha256"):
        archive_path(Archive("toy", "toy.whl", "0" * 64), tmp_path, offline=True)


def test_offline_never_downloads(tmp_path):
    """A missing archive is named when the network may not be used."""
    with pytest.raises(ArchiveError, match=r"toy\.whl is not in"):
        archive_path(Archive("toy", "toy.whl", "0" * 64), tmp_path, offline=True)


def test_a_commit_is_taken_from_a_clone_and_kept(tmp_path):
    """Without the clone the archive is still there; a commit that is nowhere is an error."""
    clone = tmp_path / "owner+name"
    clone.mkdir()
    (clone / "a.py").write_text("pass\n")
    git = ["git", "-C", str(clone), "-c", "user.name=t", "-c", "user.email=t@t"]
    for words in (["init", "-q"], ["add", "a.py"], ["commit", "-qm", "m"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()

    made = commit_path(Commit("name", "owner/name", head), tmp_path, tmp_path / "cache")

    assert list(python_files(made)) == [("a.py", b"pass\n")]
    assert commit_path(Commit("name", "owner/name", head), None, tmp_path / "cache") == made
    with pytest.raises(ArchiveError, match="no clone"):
        commit_path(Commit("name", "owner/other", head), tmp_path, tmp_path / "cache")
