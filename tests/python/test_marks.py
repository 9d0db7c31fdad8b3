"""Markers are read from files that have findings, and our own from all if they are honoured."""

from gnomon.core.tree import SourceFile
from gnomon.python.marks import marks

TEXT = b"# gnomon: ignore[a] x\nload()  # nosec\n# noqa\n# nosemgrep\nother()\n"
FILES = (SourceFile(path="a.py", data=TEXT), SourceFile(path="b.py", data=TEXT), SourceFile(path="c.py", data=b"x\n"))


def _found(flagged, *, everywhere):
    return [(mark.path, mark.line, mark.first) for mark in marks(FILES, flagged, everywhere=everywhere, foreign=True)]


def test_only_files_with_findings_are_read():
    """A line above counts for semgrep's and for ours, not for those that speak of their own line."""
    assert _found({"a.py": [2]}, everywhere=False) == [("a.py", 1, 2), ("a.py", 2, 2), ("a.py", 4, 5)]


def test_files_with_our_word_are_read_where_it_counts():
    """So that stale markers are found."""
    assert {path for path, _, _ in _found({"a.py": [2]}, everywhere=True)} == {"a.py", "b.py"}


def test_others_markers_that_are_only_told_need_to_stand_on_the_line():
    """Reading a file token by token is only worth it for what counts."""
    file = SourceFile(path="a.py", data=b"x = load(  # nosec\n    y,\n)\nload()\n")

    assert [mark.line for mark in marks([file], {"a.py": [4]}, everywhere=False, foreign=True)] == [1]
    assert [mark.line for mark in marks([file], {"a.py": [4]}, everywhere=False, foreign=False)] == []
    assert [mark.line for mark in marks([file], {"a.py": [1]}, everywhere=False, foreign=False)] == [1]


def test_a_marker_far_from_any_finding_is_not_worth_reading_for():
    """But where there are several, all of the file's are found; and our own are, where they count."""
    far = SourceFile(path="a.py", data=b"load()\n" + b"\n" * 300 + TEXT)

    assert [mark.line for mark in marks([far], {"a.py": [1]}, everywhere=False, foreign=True)] == []
    assert [mark.line for mark in marks([far], {"a.py": [301]}, everywhere=False, foreign=True)] == [302, 303, 305]
    assert [mark.line for mark in marks([far], {"a.py": [1]}, everywhere=True, foreign=True)] == [302, 303, 305]


def test_lines_count_as_the_scanner_counts_them():
    """Other line ends, other encodings."""
    text = "# é\r\rload()  # gnomon: ignore[a] x\r"
    files = [SourceFile(path="a.py", data=text.encode("utf-16"))]

    assert [mark.line for mark in marks(files, {"a.py": [2]}, everywhere=False, foreign=True)] == [3]
