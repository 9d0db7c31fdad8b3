"""Whether a target is the working project's own, holds a file, and how its paths look from a configuration."""

import pytest

from gnomon.io import places


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A working folder with a package and a link out of it, beside a stranger's folder."""
    (tmp_path / "work" / "src" / "deep").mkdir(parents=True)
    (tmp_path / "work" / "src" / "a.py").touch()
    (tmp_path / "stranger").mkdir()
    (tmp_path / "work" / "link").symlink_to(tmp_path / "stranger")
    (tmp_path / "inward").symlink_to(tmp_path / "work" / "src")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


@pytest.mark.parametrize(
    ("target", "own"),
    [
        (".", True),
        ("src", True),
        ("src/../src/a.py", True),
        ("..", False),
        ("../stranger", False),
        ("link", False),
        ("../inward", True),
        ("no-such", False),
        ("pypi:vllm==0.8.4", False),
        ("https://example.org/x.git", False),
        ("", False),
    ],
)
def test_what_lies_below_the_working_folder_is_our_own(work, target, own):
    """Links are followed first; what is no path on this disk never is."""
    assert places.is_own(target) is own


@pytest.mark.parametrize(
    ("target", "file", "held"),
    [
        (".", "pyproject.toml", True),
        ("src", "pyproject.toml", False),
        ("pyproject.toml", "pyproject.toml", False),
        ("..", "pyproject.toml", True),
        (".@HEAD~1", "pyproject.toml", True),
        ("link", "../stranger/pyproject.toml", True),
        ("../stranger", "link/pyproject.toml", True),
        ("pypi:vllm==0.8.4", "pyproject.toml", False),
        ("user@host:x.git", "pyproject.toml", False),
    ],
)
def test_a_file_is_held_by_a_target_that_it_lies_in(work, target, file, held):
    """As written, or with links followed, or at a revision of it."""
    assert places.holds(target, file) is held


@pytest.mark.parametrize(
    ("target", "folder", "prefix"),
    [
        (".", ".", ""),
        ("src", ".", "src/"),
        ("src/deep", ".", "src/deep/"),
        ("src/a.py", ".", "src/"),
        ("src", "src", ""),
        (".", "src", ""),
        ("../stranger", ".", ""),
        ("pypi:vllm==0.8.4", ".", ""),
    ],
)
def test_paths_are_made_relative_to_the_configuration(work, target, folder, prefix):
    """Only for what lies below its folder."""
    assert places.prefix_of(target, folder) == prefix
