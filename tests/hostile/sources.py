"""Python that is hard to read for a program: too deep, too long, too entangled, or not what it seems.

Each text is put behind a flawed server in a file of its own, so that no scanner can pass over it unread.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, Case, write

Text = tuple[str, str]
"""A file's name without `.py`, and what follows the server in it."""


def sources() -> Iterator[Case]:
    """Every input that is hard to parse or to follow."""
    for texts in (
        deep_brackets, deep_operators, deep_chains, deep_strings, deep_blocks, deep_patterns, long_literals,
        long_statements, broken_source, tangled_calls, tangled_names, tangled_classes, costly_addresses,
    ):  # fmt: skip
        files = {f"{name}.py": FLAWED + text.encode() for name, text in texts()}
        yield Case(
            name=texts.__name__.replace("_", "-"),
            kind="parse",
            make=lambda folder, files=files: write(folder, files),
            flawed=tuple(files),
        )
    yield Case(
        name="tangled-imports",
        kind="parse",
        make=_tangled_imports,
        flawed=("ring/m0.py", "relay/m0.py", "relay/m400.py", "stars/m0.py", "itself.py"),
    )
    yield Case(
        name="hostile-notebooks",
        kind="parse",
        make=_hostile_notebooks,
        flawed=("cells.ipynb", "magics.ipynb"),
        skipped=tuple(f"{name}.ipynb" for name in NOT_NOTEBOOKS),
    )


def _nested(opening: str, depth: int, closing: str, inner: str = "1") -> str:
    return f"x = {opening * depth}{inner}{closing * depth}\n"


def deep_brackets() -> Iterator[Text]:
    """Brackets in brackets, beyond the stack of a recursive parser, and just below what Python takes."""
    yield "deep-parentheses", _nested("(", 5000, ")")
    yield "deep-parentheses-unclosed", "x = " + "(" * 100_000
    yield "deep-lists", _nested("[", 150, "]", "")
    yield "deep-dicts", _nested("{1: ", 90, "}")
    yield "deep-call-arguments", _nested("f(", 90, ")")
    yield "deep-subscripts", "x = a" + "[0]" * 20_000 + "\n"
    yield "deep-comprehensions", _nested("[y for y in ", 90, "]", "a")
    yield "deep-type-parameters", "def f[T: " + "(" * 90 + "int" + ",)" * 90 + "](x: T): pass\n"
    yield "deep-annotations", "x: " + "list[" * 90 + "int" + "]" * 90 + " = 1\n"
    yield "deep-unpacking", "(" * 90 + "a," + "),"[0] * 90 + " = x\n"
    yield "deep-stars", "f(" + "*[" * 90 + "]" * 90 + ")\n"
    yield "deep-walrus", _nested("(y := ", 90, ")")


def deep_operators() -> Iterator[Text]:
    """Operators of operators: a tree as deep as the line is long."""
    yield "deep-sums", "x = " + "+".join(["1"] * 100_000) + "\n"
    yield "deep-ands", "x = " + " and ".join("(a or b)" for _ in range(20_000)) + "\n"
    yield "deep-powers", "x = " + "**".join(["1"] * 3000) + "\n"
    yield "deep-comparisons", "x = " + " < ".join(["a"] * 50_000) + "\n"
    yield "deep-not", "x = " + "not " * 5000 + "a\n"
    yield "deep-minus", "x = " + "-" * 50_000 + "1\n"
    yield "deep-conditions", "x = " + "1 if a else " * 5000 + "1\n"
    yield "deep-await", "async def f():\n return " + "await " * 5000 + "a\n"
    yield "deep-yield", "def f():\n x = " + _nested("(yield ", 90, ")")[4:]


def deep_chains() -> Iterator[Text]:
    """Calls, attributes and functions hung one on another."""
    yield "deep-attributes", "x = a" + ".b" * 50_000 + "\n"
    yield "deep-calls", "x = f" + "()" * 20_000 + "\n"
    yield "deep-lambdas", "x = " + "lambda: " * 3000 + "1\n"
    yield "long-comprehension", "x = [a" + " for a in b if a" * 5000 + "]\n"
    yield "long-continuation", "x = 1 + \\\n" * 1 + "1 + \\\n" * 50_000 + "1\n"


def deep_strings() -> Iterator[Text]:
    """Format strings within format strings."""
    yield "deep-fstrings", 'x = f"{' + "(lambda: " * 400 + "1" + ")" * 400 + '}"\n'
    yield "deep-format-specs", "x = f'" + "{a:" * 80 + "}" * 80 + "'\n"


def deep_blocks() -> Iterator[Text]:
    """Blocks within blocks, to the limit of indentation and beyond."""
    yield "deep-indent", "".join(" " * n + "if x:\n" for n in range(95)) + " " * 95 + "pass\n"
    yield "too-deep-indent", "".join(" " * n + "if x:\n" for n in range(400)) + " " * 400 + "pass\n"
    yield "deep-classes", "".join(" " * n + f"class C{n}:\n" for n in range(95)) + " " * 95 + "pass\n"
    yield "deep-functions", "".join(" " * n + f"def f{n}(x):\n" for n in range(95)) + " " * 95 + "return x\n"
    yield "deep-with", "".join(" " * n + "with a:\n" for n in range(18)) + " " * 18 + "pass\n"
    yield "deep-try", "".join(" " * n + "try:\n" for n in range(95)) + " " * 95 + "pass\n"
    yield "loops", "".join(" " * n + f"for i{n} in s.recv():\n" for n in range(19)) + " " * 19 + "pickle.loads(i18)\n"


def deep_patterns() -> Iterator[Text]:
    """Patterns within patterns, and branches without end."""
    yield "deep-match-lists", "match x:\n case " + "[" * 150 + "]" * 150 + ":\n  pass\n"
    yield "deep-match-classes", "match x:\n case " + "C(" * 90 + "y" + ")" * 90 + ":\n  pass\n"
    yield "long-match-or", "match x:\n case " + " | ".join(map(str, range(5000))) + ":\n  pass\n"
    yield "long-match", "match x:\n" + "".join(f" case {n}:\n  pass\n" for n in range(5000))
    yield "long-elif", "if x == 0:\n pass\n" + "".join(f"elif x == {n}:\n pass\n" for n in range(5000))
    yield "many-handlers", "try:\n pass\n" + "".join(f"except E{n}:\n pass\n" for n in range(5000))


def long_literals() -> Iterator[Text]:
    """One literal that fills the file."""
    yield "long-integer", "x = " + "9" * 1_000_000 + "\n"
    yield "long-float", "x = 0." + "9" * 1_000_000 + "\n"
    yield "long-identifier", "x" * 1_000_000 + " = 1\n"
    yield "long-string-chain", "x = " + "+".join(["'tcp://'"] * 20_000) + "\ns.connect(x)\n"
    yield "long-implicit-chain", "x = (" + "'a'\n" * 100_000 + ")\n"
    yield "long-dict", "x = {\n" + "".join(f"'k{n}': {n},\n" for n in range(200_000)) + "}\n"
    yield "long-list", "x = [" + "1," * 500_000 + "]\n"
    yield "long-quotes", '"""' * 200_001 + "\n"


def long_statements() -> Iterator[Text]:
    """One statement with thousands of parts."""
    yield "long-decorators", "@d\n" * 20_000 + "def f(): pass\n"
    yield "wide-with", "with " + ", ".join(["a as b"] * 5000) + ":\n pass\n"
    yield "wide-type-parameters", "class C[" + ", ".join(f"T{n}" for n in range(5000)) + "]: pass\n"
    yield "long-names", "import " + ", ".join(f"m{n}" for n in range(20_000)) + "\n"
    yield "long-from", "from m import (" + ", ".join(f"n{n}" for n in range(20_000)) + ")\n"
    yield "long-parameters", "def f(" + ", ".join(f"p{n}=s.recv()" for n in range(5000)) + "): pass\n"
    yield "long-arguments", "f(" + ", ".join(f"k{n}=s.recv()" for n in range(5000)) + ")\n"
    yield "long-targets", " = ".join(f"x{n}" for n in range(5000)) + " = s.recv()\npickle.loads(x4999)\n"
    yield "long-unpacking", ", ".join(f"x{n}" for n in range(10_000)) + " = s.recv_multipart()\npickle.loads(x9999)\n"
    yield "long-global", "def f():\n global " + ", ".join(f"g{n}" for n in range(20_000)) + "\n"


def broken_source() -> Iterator[Text]:
    """What this Python refuses: torn, unfinished, or written for another one."""
    yield "broken", "def f(:\n"
    yield "broken-hundred-times", "def f(:\nx = 1\n" * 100
    yield "broken-everywhere", ")]}\n" * 20_000
    yield "unterminated-string", "x = '\ny = '''\n" + "z = 1\n" * 1000
    yield "python-2", "print 'hello'\nexec 'x = 1'\nraise E, 'x'\n`x`\n0777\nx <> y\n"
    yield "python-next", "match = 1\ntype X = int\ntry:\n pass\nexcept* E:\n pass\nx = t'{a}'\n"


def tangled_calls() -> Iterator[Text]:
    """Calls with no end, or with too many ways."""
    chain = "".join(f"def f{n}(b):\n    return f{n + 1}(b)\n" for n in range(5000))
    yield "call-chain", chain + "def f5000(b):\n    return pickle.loads(b)\nf0(s.recv())\n"
    ring = "".join(f"def f{n}(b):\n    return f{(n + 1) % 5000}(b)\n" for n in range(5000))
    yield "call-ring", ring + "pickle.loads(f0(s.recv()))\n"
    calls = "".join(f"    f{n}(b)\n" for n in range(60))
    dense = "".join(f"def f{n}(b):\n{calls}    return pickle.loads(b)\n" for n in range(60))
    yield "call-web", dense + "f0(s.recv())\n"
    forks = "".join(f"def f{n}(b):\n    return f{n + 1}(b) if b else f{n + 1}(b[1:])\n" for n in range(60))
    yield "call-forks", forks + "def f60(b):\n    return b\npickle.loads(f0(s.recv()))\n"
    yield (
        "returned-chain",
        (
            "def g0():\n    return s.recv()\n"
            + "".join(f"def g{n + 1}():\n    return g{n}()\n" for n in range(2000))
            + "pickle.loads(g2000())\n"
        ),
    )
    yield (
        "returns-itself",
        "def f(): return f\ndef g(x=g): return g(g)(g)\npickle.loads(f()()()())\npickle.loads(g(s.recv()))\n",
    )
    yield "closures", (
        "".join(" " * n + f"def f{n}(b{n}):\n" for n in range(90))
        + " " * 90 + "return pickle.loads(" + "+".join(f"b{n}" for n in range(90)) + ")\nf0(s.recv())\n"
    )  # fmt: skip
    yield "decorator-ring", "def d(f): return d(f)\n@d\ndef g(b): return pickle.loads(b)\ng(s.recv())\n"


def tangled_names() -> Iterator[Text]:
    """Values handed from name to name, in rings and through containers."""
    yield "assignments", "b = s.recv()\n" + "b = b\n" * 10_000 + "pickle.loads(b)\n"
    yield "assignment-forks", "b = s.recv()\n" + "b = b + b if c else b[1:] or b\n" * 500 + "pickle.loads(b)\n"
    yield (
        "name-chain",
        "x0 = s.recv()\n" + "".join(f"x{n + 1} = x{n}\n" for n in range(10_000)) + "pickle.loads(x10000)\n",
    )
    yield "name-ring", "a = b\nb = c\nc = a or b or c\npickle.loads(a)\n"
    yield (
        "containers",
        (
            "x = []\nx.append(x)\ny = {'a': x}\nx.append(y)\ny['b'] = y\nx[0][0]['b']['a'].append(s.recv())\n"
            "for z in x:\n    for w in z:\n        pickle.loads(w)\n"
        ),
    )
    yield "queues", "import queue\nq = queue.Queue()\n" + "q.put(s.recv())\npickle.loads(q.get())\n" * 300
    yield "many-loads", "".join(f"y{n} = pickle.loads(s.recv())\n" for n in range(300))


def tangled_classes() -> Iterator[Text]:
    """Classes that are their own bases, and fields that are filled from everywhere."""
    yield "self-assignment", "a = a\nx.y = x.y.y = x\npickle.loads(a)\npickle.loads(x.y.y.y)\n"
    yield (
        "field-ring",
        (
            "class C:\n    def __init__(self):\n"
            + "".join(f"        self.f{n} = self.f{(n + 1) % 2000}\n" for n in range(2000))
            + "    def run(self):\n        return pickle.loads(self.f0)\n"
        ),
    )
    yield (
        "field-from-everywhere",
        (
            "class C:\n"
            + "".join(
                f"    def m{n}(self, b):\n        self.b = b\n        return pickle.loads(self.b)\n" for n in range(300)
            )
            + "".join(f"C().m{n}(s.recv())\n" for n in range(300))
        ),
    )
    yield (
        "own-base",
        "class A(A): pass\nclass B(C): pass\nclass C(B):\n    def f(self): return pickle.loads(self.g())\n",
    )
    yield (
        "diamond",
        (
            "class Top:\n    def read(self): return s.recv()\n"
            + "".join(f"class M{n}(Top): pass\n" for n in range(500))
            + f"class Bottom({', '.join(f'M{n}' for n in range(500))}):\n"
            + "    def run(self): return pickle.loads(self.read())\n"
        ),
    )
    yield (
        "diamond-tower",
        (
            "class A0: pass\nclass B0: pass\n"
            + "".join(f"class A{n + 1}(A{n}, B{n}): pass\nclass B{n + 1}(A{n}, B{n}): pass\n" for n in range(60))
            + "class End(A60, B60):\n    def run(self): return pickle.loads(self.sock.recv())\n"
        ),
    )
    yield (
        "many-methods",
        "class C:\n" + "".join(f"    def m{n}(self):\n        return self.m{n + 1}()\n" for n in range(20_000)),
    )
    yield "many-classes", "".join(f"class C{n}(C{n - 1}): pass\n" for n in range(5000))


def costly_addresses() -> Iterator[Text]:
    """Addresses whose value is too long, too many or too costly to be worked out."""
    yield "value-doubling", "a = 'tcp://*:1'\n" + "a = a + a\n" * 100 + "s.bind(a)\n"
    yield (
        "value-doubling-names",
        "a0 = '*'\n" + "".join(f"a{n + 1} = f'{{a{n}}}{{a{n}}}'\n" for n in range(100)) + "s.bind(a100)\n",
    )
    yield "value-forks", "a = 'tcp://'\n" + "a = a + ('x' if c else 'y')\n" * 60 + "s.bind(a)\n"
    yield (
        "value-alternatives",
        "s.bind('tcp://' + " + " + ".join(f"('a{n}' if c else 'b{n}')" for n in range(60)) + ")\n",
    )
    yield "value-repeat", "s.bind('tcp://*:1' * 10 ** 10)\ns.bind(9 ** 9 ** 9 * 'a')\ns.bind(f'{1:>9999999999}')\n"
    yield (
        "value-format",
        "s.bind('%9999999999s' % 'x')\ns.bind('{:>9999999999}'.format('x'))\ns.bind('{0.__class__}'.format(s))\n",
    )
    yield "value-ring", "def a(): return b()\ndef b(): return a() + 'x'\ns.bind(a())\nc = f'{c}{c}'\ns.bind(c)\n"
    yield "value-join", "s.bind(('x' * 10 ** 6).join(['y'] * 10 ** 6))\ns.bind('a'.replace('a', 'b' * 10 ** 9))\n"
    yield "value-shift", "s.bind(f'tcp://*:{1 << 10 ** 12}')\ns.bind('tcp://*:%d' % (10 ** 10 ** 10))\n"
    yield (
        "address-odd",
        "s.bind('tcp://[::1')\ns.bind('tcp://*:99999999999999999999')\ns.bind('://')\ns.bind('\\ud800')\ns.bind(b'\\xff')\n",
    )
    yield "address-escapes", "s.bind('tcp://\\x1b[2J\\u202e*:5555')\npickle.loads(s.recv())\n"


def _tangled_imports(folder: Path) -> None:
    """Modules that import one another in a ring, all from all, and hand bytes on through four hundred files."""
    files = {"itself.py": FLAWED + b"import itself\nfrom itself import *\nfrom itself import x as y, y as x\n"}
    for number in range(200):
        following = (number + 1) % 200
        text = f"from .m{following} import *\nfrom . import m{following} as n\ndef f(b): return n.f(b)\n".encode()
        files[f"ring/m{number}.py"] = text + (b"" if number else FLAWED + b"pickle.loads(f(s.recv()))\n")
    for number in range(400):
        text = f"from .m{number + 1} import f as g\ndef f(b):\n    return g(b)\n".encode()
        files[f"relay/m{number}.py"] = text + (b"" if number else FLAWED + b"f(s.recv())\n")
    files["relay/m400.py"] = FLAWED + b"def f(b):\n    return pickle.loads(b)\n"
    stars = "".join(f"from .m{number} import *\n" for number in range(100)).encode()
    for number in range(100):
        files[f"stars/m{number}.py"] = stars + (b"" if number else FLAWED + b"pickle.loads(nobody_knows)\n")
    write(folder, files | {f"{name}/__init__.py": b"" for name in ("ring", "relay", "stars")})


NOT_NOTEBOOKS = {
    "brackets": b'{"cells": [{"cell_type":"code","source":[' + b"[" * 100_000,
    "braces": b'{"cells": [], "metadata": ' + b'{"a":' * 500_000,
    "numbers": b'{"cells": [' + b"9" * 4_000_000 + b"]}",
    "no-json": b"\xff\xfe\0",
}


def _cell(text: str) -> dict[str, object]:
    return {"cell_type": "code", "outputs": [], "source": text.splitlines(keepends=True)}


def _hostile_notebooks(folder: Path) -> None:
    """Nested, torn, full of what only IPython understands, and of outputs that look like source."""
    cells = [_cell(FLAWED.decode()), *[_cell("x = 1\n")] * 20_000]
    magics = "%%time\n" + FLAWED.decode() + "!ls \\\n" * 50 + "x?\n%matplotlib\nfiles = !ls\n" * 100
    # lines that a careless pattern tries to match in every way there is
    spaces = [" " * 200_000 + "x\n", "a? " + " " * 200_000 + "b\n", "a," * 100_000 + "\n", "!x\n"]
    outputs = _cell("a") | {"outputs": ['"source": ["b"]', {"source": ["b"]}] * 500_000}
    notebooks = {
        "cells": cells,
        "magics": [_cell(magics)] * 20,
        "spaces": [{"cell_type": "code", "source": spaces}],
        "outputs": [outputs],
    }
    files = {f"{name}.ipynb": json.dumps({"cells": found}, indent=1).encode() for name, found in notebooks.items()}
    write(folder, files | {f"{name}.ipynb": data for name, data in NOT_NOTEBOOKS.items()})
