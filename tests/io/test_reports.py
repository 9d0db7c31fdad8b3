"""Files that a page is made from are read whole, and never more than a limit; why one can't be is one clause."""

import os
import threading

import pytest

from gnomon.io.files import Unreadable
from gnomon.io.reports import report_bytes


def test_files_links_and_pipes_are_read(tmp_path):
    """Whatever the user names: `<(gnomon scan …)` is a pipe."""
    file, link, pipe = tmp_path / "a.json", tmp_path / "link", tmp_path / "pipe"
    file.write_bytes(b"{}")
    link.symlink_to(file)
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"[]",))
    writer.start()

    assert [report_bytes(str(each)) for each in (file, link, pipe)] == [b"{}", b"{}", b"[]"]
    writer.join(10)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none.json", "there is no such file"),
        (".", "is a directory"),
        ("large.json", "larger than the limit"),
        ("\0", "that is no name of a file"),
        ("/dev/zero", "it has more than"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, monkeypatch, name, reason):
    """A device that never ends is left at the limit."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "large.json").write_bytes(b" " * 101)

    with pytest.raises(Unreadable, match=reason):
        report_bytes(name, limit=100)
