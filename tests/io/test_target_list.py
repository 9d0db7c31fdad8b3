"""Lists of targets: what each line means, which lines mean nothing, and what is named twice."""

import pytest
from packaging.version import Version

from gnomon.core.errors import TargetError, Unavailable
from gnomon.io.releases import Offered
from gnomon.io.target_list import read_targets

OFFERED = tuple(
    Offered(version=Version(version), yanked=version == "1.2", size=10 * number)
    for number, version in enumerate(("0.9", "1.0", "1.1", "1.2", "1.3", "2.0", "2.1rc1"))
)


def _releases(project: str) -> tuple[Offered, ...]:
    if project != "pkg":
        raise Unavailable(f"no answer about {project}")
    return OFFERED


def _targets(tmp_path, text, newest=None):
    (tmp_path / "list.txt").write_text(text)
    return read_targets(str(tmp_path / "list.txt"), _releases, newest)


@pytest.mark.parametrize(
    ("line", "newest", "wanted"),
    [
        ("pypi:Pkg==1.0", None, ["pypi:pkg==1.0"]),
        ("pkg==1.0  # the flawed one", None, ["pypi:pkg==1.0"]),
        ("pkg == 1.0", 3, ["pypi:pkg==1.0"]),
        ("pypi:pkg", None, ["pypi:pkg==2.0"]),
        ("pypi:pkg", 2, ["pypi:pkg==1.3", "pypi:pkg==2.0"]),
        ("pkg>=1,<2", None, ["pypi:pkg==1.0", "pypi:pkg==1.1", "pypi:pkg==1.3"]),
        ("pkg>=1,<2", 1, ["pypi:pkg==1.3"]),
        ("pypi:pkg==1.*", 1, ["pypi:pkg==1.3"]),
        ("pkg==*", None, [f"pypi:pkg=={version}" for version in ("0.9", "1.0", "1.1", "1.3", "2.0")]),
        ("pkg>2.0rc1", None, ["pypi:pkg==2.0", "pypi:pkg==2.1rc1"]),
        ("pypi:silent", None, ["pypi:silent"]),
        ("silent>=1", None, ["pypi:silent>=1"]),
        ("here", None, ["here"]),
        ("./here", None, ["./here"]),
        ("/nowhere/at/all", None, ["/nowhere/at/all"]),
        ("https://example.org/x.git@v1", None, ["https://example.org/x.git@v1"]),
        ("git@example.org:x/y.git@v1", None, ["git@example.org:x/y.git@v1"]),
    ],
)
def test_what_a_line_means(tmp_path, line, newest, wanted):
    """Releases by their versions, without withdrawn ones; where nobody could tell the line is asked for as it is."""
    (tmp_path / "here").mkdir()
    targets = _targets(tmp_path, f"\n# a comment\n  {line}\n", newest)

    assert [each.target for each in targets.wanted] == wanted
    assert (targets.wrong, targets.again) == ((), ())
    assert targets.folder == str(tmp_path)


@pytest.mark.parametrize(
    "line", ["pkg", "a b", "==1", "pkg=1", "pkg==1; x", "pkg @ https://example.org", "pypi:../x", "pkg==x.y", "\0"]
)
def test_a_line_that_is_no_target_is_told_with_its_number_and_what_to_write(tmp_path, line):
    """The others are examined all the same."""
    targets = _targets(tmp_path, f"pkg==1.0\n{line}\n")

    assert [each.target for each in targets.wanted] == ["pypi:pkg==1.0"]
    assert [(each.path, each.line) for each in targets.wrong] == [(str(tmp_path / "list.txt"), 2)]
    assert "write pypi:" in targets.wrong[0].note


def test_what_is_named_twice_is_examined_once_and_told(tmp_path):
    """Also where a range has what another line names."""
    targets = _targets(tmp_path, "pkg==1.0\npypi:PKG==1.0\npkg<1.1\n")

    assert [(each.target, each.bytes) for each in targets.wanted] == [("pypi:pkg==1.0", 0), ("pypi:pkg==0.9", 0)]
    assert [(each.line, each.note) for each in targets.again] == [
        (2, "pypi:pkg==1.0 is named by line 1 already: examined once"),
        (3, "pypi:pkg==1.0 is named by line 1 already: examined once"),
    ]


def test_a_list_that_can_not_be_read_is_told(tmp_path):
    """That there is none, and that it is no text."""
    with pytest.raises(TargetError, match="no such file"):
        read_targets(str(tmp_path / "nowhere"), _releases)
    (tmp_path / "list.txt").write_bytes(b"pkg==1.0\n\xff\n")
    with pytest.raises(TargetError, match=r"list.txt:2"):
        read_targets(str(tmp_path / "list.txt"), _releases)
