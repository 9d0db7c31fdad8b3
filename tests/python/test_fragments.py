"""Code cut out of a file is mended until it parses, and every line stays on its line."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.python.fragments import mended

CUTS = {
    "indented": "    x = 1\n    y = 2\n",
    "first line without its indentation": "x = 1\n        y = 2\n        z = 3\n",
    "ends further left": "            x = 1\n        y = 2\n    def f(self):\n        pass\n",
    "between two levels": "def f():\n        x = 1\n    y = 2\n",
    "branch without its if": "        x = 1\n    else:\n        y = 2\n    z = 3\n",
    "handler without its try": "    x = 1\nexcept ValueError:  # why\n    y = 2\n",
    "head without its body": "for x in y:\n",
    "head before a neighbour": "def f(self):\ndef g(self):\n    return 1\n",
    "open bracket": "x = f(\n    1,\n    g(2)",
    "tabs": "\t\tx = 1\n\ty = 2\n",
}


@pytest.mark.parametrize("text", CUTS.values(), ids=CUTS)
def test_a_cut_is_mended_without_losing_a_line(text):
    """What cutting leaves behind is mended: the text parses, has as many lines, and no line is given up."""
    fragment = mended(text)

    ast.parse(fragment.text)
    assert fragment.lost == ()
    assert fragment.text.count("\n") == text.count("\n")
    assert [name for name in "xyz" if name in text] == [name for name in "xyz" if name in fragment.text]


def test_a_line_that_is_no_python_is_given_up_by_number():
    """A line that can't be mended becomes `pass` and is named; one without a word on it is not worth naming."""
    fragment = mended("    )\nx = 1\nfoo bar baz\ny = 2\n")

    assert fragment.text == "pass\nx = 1\npass\ny = 2\n"
    assert fragment.lost == (3,)


def test_python_stays_as_it_is():
    """A text that parses is not touched."""
    text = "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n"

    assert mended(text).text == text


@given(st.text(alphabet=" \t\n()[]{}:'\"#\\=abc019.,", max_size=200))
def test_mending_ends_and_keeps_the_lines_whatever_the_text(text):
    """No text makes it raise or change the number of lines."""
    fragment = mended(text)

    assert fragment.text.count("\n") == text.count("\n")
