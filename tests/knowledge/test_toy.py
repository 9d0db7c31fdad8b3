"""The toy server that comes with the package is the one of the examples."""

from pathlib import Path

from gnomon.knowledge.toy import toy_files

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_toy_is_that_of_the_examples():
    """The same files with the same content: `make docs` copies them."""
    sources = [*(EXAMPLES / "toy").glob("*.py"), EXAMPLES / "stranger.py"]

    assert toy_files() == {path.relative_to(EXAMPLES).as_posix(): path.read_bytes() for path in sources}
