"""Any bytes of a source file become text that the parser and the searches agree on."""

import contextlib

from gnomon.python.parse import Unparsable, parse
from gnomon.python.text import searchable

SEEDS = (
    b"# coding: latin-1\nx = '\xe9'\n",
    "\ufeffimport a\r\nb = 1\r".encode("utf-16"),
    "import a\n".encode("utf-32"),
    b"x = 1\0\nprint 'x'\nif a:\n\tb\n    c\n",
    "𝗽𝗶𝗰𝗸𝗹𝗲.loads(b)\n".encode(),
    b"def f(:\n" * 5 + b"x = f'{a!r:>{b}}'\nmatch x:\n case [1, *_]: pass\n",
)


def once(data: bytes) -> None:
    """UTF-8 without carriage returns and NULs, which parses or is refused."""
    plain = searchable(data)
    assert b"\r" not in plain
    assert b"\0" not in plain
    with contextlib.suppress(Unparsable):
        parsed = parse(plain.decode())
        assert all(0 < line <= plain.count(b"\n") + 1 for line in parsed.masked)
