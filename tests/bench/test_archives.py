"""An archive is used only if it is the labelled one."""

import hashlib

import pytest

from bench.archives import Archive, ArchiveError, archive_path


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
