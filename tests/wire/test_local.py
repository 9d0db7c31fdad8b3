"""Local channels are in folders that nobody else can enter or replace."""

import os

import pytest

from gnomon.wire.errors import WireError
from gnomon.wire.local import default_folder, local_endpoint, private_folder


def test_a_plain_name_is_in_the_folder_which_is_made_private(tmp_path):
    """The folder is made with mode 0700, whatever the umask allows."""
    folder = tmp_path / "wire"
    before = os.umask(0)
    try:
        endpoint = local_endpoint("ipc://requests", folder)
    finally:
        os.umask(before)

    assert endpoint == f"ipc://{folder}/requests"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_absolute_path_stays_if_its_folder_is_private(tmp_path):
    """A path of one's own is checked, not moved."""
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)

    assert local_endpoint(f"ipc://{folder}/x", tmp_path / "unused") == f"ipc://{folder}/x"
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    "endpoint", ["tcp://127.0.0.1:1", "ipc://", "ipc://@abstract", "ipc://a/b", "ipc://..", "inproc://", "udp://x", "x"]
)
def test_other_endpoints_are_refused(tmp_path, endpoint):
    """Networks, Linux's abstract names, which have no folder, and paths that lead elsewhere."""
    with pytest.raises(WireError):
        local_endpoint(endpoint, tmp_path / "wire")


def test_inproc_needs_no_folder(tmp_path):
    """Names within the process stay as they are."""
    assert local_endpoint("inproc://x", tmp_path / "wire") == "inproc://x"
    assert not (tmp_path / "wire").exists()


def test_a_path_that_does_not_fit_is_told(tmp_path):
    """A socket's path has at most 107 bytes."""
    with pytest.raises(WireError, match="107"):
        local_endpoint("ipc://" + "x" * 120, tmp_path / "wire")


def test_a_folder_that_others_can_enter_is_refused(tmp_path):
    """The message says what to type."""
    (tmp_path / "wire").mkdir(mode=0o750)
    (tmp_path / "wire").chmod(0o750)

    with pytest.raises(WireError, match="chmod 700"):
        private_folder(tmp_path / "wire")


def test_a_link_is_no_folder(tmp_path):
    """Somebody else may have put it there."""
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "wire").symlink_to(tmp_path / "real")

    with pytest.raises(WireError, match="not a folder"):
        private_folder(tmp_path / "wire")


def test_a_file_in_its_place_is_told(tmp_path):
    """As an error of this package."""
    (tmp_path / "wire").write_text("")

    with pytest.raises(WireError, match="can't be used"):
        private_folder(tmp_path / "wire")


def test_a_folder_that_others_could_replace_is_refused(tmp_path):
    """Above it, nobody else may rename what is there, unless the sticky bit keeps them from it."""
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o777)
    (above / "wire").mkdir(mode=0o700)

    with pytest.raises(WireError, match="sticky"):
        private_folder(above / "wire")

    above.chmod(0o1777)
    private_folder(above / "wire")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_a_folder_of_somebody_else_is_refused(tmp_path):
    """Its own, and one above it."""
    (tmp_path / "wire").mkdir(mode=0o700)
    os.chown(tmp_path / "wire", 12345, -1)
    with pytest.raises(WireError, match="belongs to user 12345"):
        private_folder(tmp_path / "wire")

    os.chown(tmp_path / "wire", 0, -1)
    (tmp_path / "wire" / "in").mkdir(mode=0o700)
    os.chown(tmp_path / "wire", 12345, -1)
    with pytest.raises(WireError, match="could replace it"):
        private_folder(tmp_path / "wire" / "in")


def test_the_default_is_the_user_s_own(monkeypatch, tmp_path):
    """The runtime folder of the session if there is one, else one named for the user."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert default_folder() == tmp_path / "gnomon-wire"

    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert default_folder().name == f"gnomon-wire-{os.geteuid()}"
