"""A diff that git applies, byte for byte, whatever the files hold."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.render.fix_outcome import FileChange
from gnomon.render.unified import diff

TEXTS = st.lists(
    st.sampled_from([b"a", b"b\r", b"", b"\xc3\xa9 x", b"+", b"- c", b"\x0c", b"\\ No newline"]), max_size=12
)


def test_what_is_the_same_has_no_diff():
    """Not even a head."""
    assert diff([FileChange(path="a.py", before=b"x", after=b"x")]) == b""


def test_the_lines_around_are_three():
    """As git has it, with the path's prefix."""
    before = b"".join(b"%d\n" % number for number in range(9))

    assert diff([FileChange(path="a.py", before=before, after=before.replace(b"4", b"four"))], "sub/") == (
        b"diff --git a/sub/a.py b/sub/a.py\n--- a/sub/a.py\n+++ b/sub/a.py\n"
        b"@@ -2,7 +2,7 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7\n"
    )


@settings(max_examples=40, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_git_makes_of_the_one_file_the_other(tmp_path_factory, before, after):
    """Line ends missing, doubled or of Windows; lines that look like the diff's own marks."""
    old, new = b"\n".join(before), b"\n".join(after)
    folder = tmp_path_factory.mktemp("git")
    (folder / "a.py").write_bytes(old)
    changes = [FileChange(path="a.py", before=old, after=new), FileChange(path="n.py", before=None, after=new + b"x")]

    subprocess.run(["git", "apply", "-"], cwd=folder, input=diff(changes), check=True)

    assert (folder / "a.py").read_bytes() == new
    assert (folder / "n.py").read_bytes() == new + b"x"


@pytest.mark.parametrize("name", ["a b.py", 'a"b.py', "a\\b.py", "wört.py", "a\tb.py", "a\nb.py"])
def test_git_finds_files_of_any_name(tmp_path, name):
    """Quoted as git quotes them."""
    (tmp_path / name).write_bytes(b"x\n")

    subprocess.run(
        ["git", "apply", "-"],
        cwd=tmp_path,
        input=diff([FileChange(path=name, before=b"x\n", after=b"y\n")]),
        check=True,
    )

    assert (tmp_path / name).read_bytes() == b"y\n"
