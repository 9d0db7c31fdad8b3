"""The index of words says what a search of the text would say, in any text."""

import re

from gnomon.python.words import Words

SEEDS = (b"pickle\0import pickle\npickle.loads(unpickle)\0x", b"a b\0a.b\0ab", b"\xff_x\0_x x_\xc3\xa9x\n")


def once(data: bytes) -> None:
    """The word before the first NUL, in the texts behind it."""
    asked, *texts = data.split(b"\0")
    files = {str(number): text for number, text in enumerate(texts)}
    literal = asked.decode("utf-8", "ignore").replace("\n", " ")
    words = Words(files)
    assert words.containing(literal) == [path for path, text in files.items() if literal.encode() in text]
    word = re.sub(r"[^A-Za-z0-9_]", "", literal)
    if word:
        whole = re.compile(rb"(?<![A-Za-z0-9_])" + word.encode() + rb"(?![A-Za-z0-9_])")
        assert words.files(word) == [path for path, text in files.items() if whole.search(text)]
