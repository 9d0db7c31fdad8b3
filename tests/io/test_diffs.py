"""Unified diffs, as git and diff write them: what each adds to which file."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.io.diffs import MAX_LINE, is_diff, patches

TWO_FILES = b"""\
diff --git a/one.py b/one.py
index 1111111..2222222 100644
--- a/one.py
+++ b/one.py
@@ -1,2 +1,3 @@ def f():
 a
+b
 c
@@ -10 +11,2 @@
-d
+e
+f
diff --git a/two.py b/three.py
similarity index 90%
rename from two.py
rename to three.py
--- a/two.py
+++ b/three.py
@@ -1 +1 @@
-x
+y
\\ No newline at end of file
"""


def test_several_files_and_hunks_are_read():
    """Lines are numbered as in the new file; a renamed file has its new name."""
    one, two = patches(TWO_FILES)

    assert [(hunk.start, hunk.lines, sorted(hunk.added)) for hunk in one.hunks] == [
        (1, (b"a", b"b", b"c"), [2]),
        (11, (b"e", b"f"), [11, 12]),
    ]
    assert (one.names, two.names) == (("one.py", "b/one.py"), ("three.py",))
    assert two.hunks[0].lines == (b"y",)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (b'"b/caf\\303\\251 \\"x\\".py"', ('café "x".py', 'b/café "x".py')),
        (b"b/with space.py\t", ("with space.py", "b/with space.py")),
        (b"w/pkg/a.py", ("pkg/a.py", "w/pkg/a.py")),
        (b"pkg/a.py", ("pkg/a.py",)),
        (b"b/a.py\r", ("a.py", "b/a.py")),
    ],
)
def test_names_are_read_as_git_writes_them(header, names):
    """C quotes, blanks, prefixes and line ends of Windows."""
    diff = b"diff --git x y\n--- a/a.py\n+++ " + header + b"\n@@ -0,0 +1 @@\n+x\n"

    assert [patch.names for patch in patches(diff)] == [names]


def test_what_is_not_there_afterwards_is_left_out():
    """A deleted, a renamed and a chmodded file add nothing."""
    diff = (
        b"diff --git a/a.py b/a.py\ndeleted file mode 100644\n--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        b"diff --git a/b.py b/c.py\nsimilarity index 100%\nrename from b.py\nrename to c.py\n"
        b"diff --git a/d.py b/d.py\nold mode 100644\nnew mode 100755\n"
    )

    assert list(patches(diff)) == []


@pytest.mark.parametrize(
    ("diff", "reason"),
    [
        (b"diff --cc a.py\n--- a/a.py\n+++ b/a.py\n@@@ -1,1 -1,1 +1,2 @@@\n  x\n++y\n", "combined diff"),
        (b"diff --git a/a.py b/a.py\nBinary files a/a.py and b/a.py differ\n", "binary"),
        (b"--- a.py\n+++ a.py\n@@ -1 +%d @@\n+x\n" % (MAX_LINE + 1), "a hunk at line"),
    ],
)
def test_changes_that_can_not_be_told_say_so(diff, reason):
    """A combined diff, a binary file and an absurd line number are named, not dropped."""
    (patch,) = patches(diff)

    assert reason in patch.unread
    assert patch.hunks == ()


def test_a_line_that_looks_like_a_header_is_content():
    """The counts of a hunk decide where it ends: `--- x` may be a removed line, `+++ x` an added one."""
    diff = b"--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n--- x\n+++ x\n y\n--- b.py\n+++ b.py\n@@ -0,0 +1 @@\n+z\n"

    first, second = patches(diff)

    assert first.hunks[0].lines == (b"++ x", b"y")
    assert second.names == ("b.py",)


def test_what_git_writes_is_read_back(tmp_path):
    """The new side of every hunk that git writes stands in the new file at that line, also without context."""
    repository = tmp_path / "repository"
    repository.mkdir()
    file = repository / "a.py"
    file.write_text("".join(f"{number}\n" for number in range(60)))
    _git(repository, "init", "-q")
    _git(repository, "add", "a.py")
    changed = [line for number in range(60) for line in ([f"{number}"] if number % 11 else [f"new {number}", "more"])]
    file.write_text("\n".join(changed))

    for options in ([], ["-U0"], ["--no-prefix"], ["--src-prefix=i/", "--dst-prefix=w/"]):
        (patch,) = patches(_git(repository, "diff", *options))
        assert "a.py" in patch.names
        for hunk in patch.hunks:
            assert changed[hunk.start - 1 : hunk.start - 1 + len(hunk.lines)] == [b.decode() for b in hunk.lines]
        added = {line for hunk in patch.hunks for line in hunk.added}
        assert {changed[line - 1] for line in added} >= {"new 0", "more", "new 55"}


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (TWO_FILES, True),
        (b"commit 1\nAuthor: x\n\n    --- why\n\n" + TWO_FILES, True),
        (b"From 1 Mon Sep 17\nSubject: x\n---\n" + TWO_FILES, True),
        (b'"""\n--- a\n+++ b\n@@ -1 +1 @@\n"""\n', False),
        (b"import pickle\n", False),
        (b"", False),
    ],
)
def test_a_diff_is_told_from_source(data, answer):
    """Source that quotes a diff is no diff; a patch with a letterhead is one."""
    assert is_diff(data) is answer


@given(
    st.lists(st.sampled_from([*TWO_FILES.split(b"\n"), b"@@ -9,9 +0,3 @@", b"+++ b/x.py", b"\xff\x00"]), max_size=30)
)
def test_no_input_makes_it_raise(lines):
    """Lines of diffs in any order are read to the end."""
    for patch in patches(b"\n".join(lines)):
        assert patch.names


def _git(repository, *arguments) -> bytes:
    return subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=True).stdout
