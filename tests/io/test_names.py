"""What names tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.io.names import inside, kind_of, link_end


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.py", "python"),
        ("a/B.PY", "python"),
        ("__init__.py.py", "python"),
        (".py", "python"),
        ("a.pyw", "python"),
        ("a.pyi", "other"),
        ("a.ipynb", "notebook"),
        ("bin/a", "script"),
        ("x/scripts/a", "script"),
        ("lib/a", "other"),
        ("a", "other"),
        ("a-1.0-py3-none-any.whl", "package"),
        ("a-1.0rc1.tar.gz", "package"),
        ("data.tar.gz", "other"),
        ("a.d/py", "other"),
    ],
)
def test_a_name_tells_the_kind(path, kind):
    """By suffix, and without one by the folder."""
    assert kind_of(path) == kind


@given(st.text("ab./\\\0", max_size=12))
def test_a_name_stays_inside_or_is_none(name):
    """A path that is kept has no empty, `.` or `..` part and no NUL."""
    path = inside(name)

    if path is not None:
        assert not {"", ".", ".."} & set(path.split("/"))
        assert "\0" not in path
        assert not name.startswith("/")


@pytest.mark.parametrize(
    ("path", "link", "end"),
    [
        ("a/b/c", "d", "a/b/d"),
        ("a/b/c", "../d", "a/d"),
        ("a/b/c", "../../../d", None),
        ("c", "..", None),
        ("a/c", "/d", None),
        ("a/c", "./x//y", "a/x/y"),
    ],
)
def test_a_link_ends_inside_or_nowhere(path, link, end):
    """Relative to the link's own folder."""
    assert link_end(path, link) == end
