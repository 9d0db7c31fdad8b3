"""What the configuration excludes is left out, counted and named."""

from msgspec.structs import replace

from gnomon.core.exclude import without
from gnomon.core.finding import Skipped
from gnomon.core.tree import DeploymentFile, SourceFile, Tree

TREE = Tree(
    target="src",
    files=tuple(SourceFile(path=path, data=b"") for path in ("a.py", "tests/a.py", "tests/b.py")),
    skipped=(Skipped(path="tests/big.py", reason="too large"), Skipped(path=".", reason="more than 3 files")),
    excluded=(".git",),
)


def test_each_pattern_says_how_many_files_it_took():
    """Files and skipped files are taken alike, and both are named among what is excluded."""
    rest, counts = without(TREE, ["tests", "*.py", "docs"], "")

    assert counts == {"tests": 3, "*.py": 1}
    assert rest.files == ()
    assert rest.excluded == (".git", "a.py", "tests/a.py", "tests/b.py", "tests/big.py")


def test_reading_that_stopped_early_is_still_told():
    """No pattern makes an incomplete tree look complete."""
    rest, _ = without(TREE, ["*", "**", "."], "")

    assert rest.skipped == (Skipped(path=".", reason="more than 3 files"),)


def test_paths_are_those_of_the_configuration():
    """Scanning `src` from its project, `src/tests` is what the project calls `tests` in it."""
    rest, counts = without(TREE, ["src/tests"], "src/")

    assert counts == {"src/tests": 3}
    assert [file.path for file in rest.files] == ["a.py"]


def test_without_a_match_nothing_changes():
    """The very same tree."""
    assert without(TREE, ["docs"], "") == (TREE, {})


def test_files_that_deploy_are_excluded_like_others():
    """What they say then counts no more."""
    tree = replace(TREE, deployments=(DeploymentFile(path="tests/compose.yaml", data=b""),))

    rest, counts = without(tree, ["tests"], "")

    assert counts == {"tests": 4}
    assert rest.deployments == ()
    assert "tests/compose.yaml" in rest.excluded
