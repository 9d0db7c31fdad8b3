"""Any text that Python parses gives units, the same each time, and any other is told."""

import sys

from gnomon.python.text import searchable
from gnomon.trace.reading import units_of

sys.setrecursionlimit(6_000)  # as in a scan

SEEDS = (
    b"import pickle\nclass A:\n    def f(self, s):\n        if s.ok:\n            return pickle.loads(s.recv())\n",
    (
        b"async def g(*a, b=1, **c) -> int:\n    async with a as (x, y), z:\n"
        b"        del x[0:1, ...]\n    return f'{a!r:>{b}}'\n"
    ),
    (
        b"def h(x):\n    match x:\n        case {'a': [1, *_], **rest} if rest: pass\n"
        b"        case A(b=3) | None: raise E from x\n"
    ),
    b"def i():\n    global q\n    return [lambda z=(w := 3): z for a, *b in c if d async for e in f]\n",
)
SINKS = frozenset({"pickle.loads", ".recv_pyobj"})


def once(data: bytes) -> None:
    """Lines are in order, and classes have what their methods have."""
    text = searchable(data)
    units, problem = units_of("a/b.py", text, SINKS)
    assert (units, problem) == units_of("a/b.py", text, SINKS)
    for unit in units:
        assert 0 < unit.line <= unit.end_line
        assert unit.statements
        assert all(0 <= each < 1 << 40 for each in (*unit.statements, *unit.shingles))
        assert all(unit.line <= load.line <= load.end_line for load in unit.loads)
