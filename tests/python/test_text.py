"""Whatever a file is encoded in, the searches see its words."""

import pytest

from gnomon.python.text import searchable

TEXT = "import pickle\nname = 'x'\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_are_read_with_and_without_a_mark(encoding):
    """Python refuses such files, but somebody may convert them."""
    assert searchable(TEXT.encode(encoding)) == TEXT.encode()


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_mark_without_wide_characters_hides_nothing(mark):
    """As UTF-16 the text would be another one."""
    assert searchable(mark + TEXT.encode()) == TEXT.encode()


@pytest.mark.parametrize("data", [b"\0import pickle", b"import\0 pickle", b"import pickle\0\0"])
def test_a_null_byte_hides_nothing(data):
    """Neither before, within nor behind a word."""
    assert searchable(data) == b"import pickle"
