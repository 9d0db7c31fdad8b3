"""The index of words says what a search of the text would say."""

import re
from pathlib import Path

import pytest

from gnomon.python.words import Words

ROOT = Path(__file__).parent.parent.parent
DATA = {str(path.relative_to(ROOT)): path.read_bytes() for path in sorted(ROOT.glob("src/**/*.py"))}


@pytest.mark.parametrize("word", ["Project", "pickle", "_index", "self", "nowhere_at_all", "0"])
def test_files_with_a_word(word):
    """Whole words only."""
    pattern = re.compile(rb"(?<![A-Za-z0-9_])" + word.encode() + rb"(?![A-Za-z0-9_])")

    assert Words(DATA).files(word) == [path for path, data in DATA.items() if pattern.search(data)]


@pytest.mark.parametrize("literal", [".append(", "pick", " import ast", "ickle.lo", '"', "= None) ->", "Ünicode"])
def test_files_that_contain_a_text(literal):
    """Parts of words too."""
    assert Words(DATA).containing(literal) == [path for path, data in DATA.items() if literal.encode() in data]
