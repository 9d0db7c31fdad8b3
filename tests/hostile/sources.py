"""Python that is hard to read for a program: too deep, too long, too entangled, or not what it seems.

Each text is put behind a flawed server in one file, so that no scanner can pass over it unread.
"""

from collections.abc import Iterator

Text = str | bytes


def sources() -> Iterator[tuple[str, Text]]:
    """Name and text of every hostile source."""
    yield from _deep()
    yield from _long()
    yield from _odd_characters()
    yield from _entangled()
    yield from _values()


def _nested(opening: str, depth: int, closing: str, inner: str = "1") -> str:
    return f"x = {opening * depth}{inner}{closing * depth}\n"


def _deep() -> Iterator[tuple[str, Text]]:
    """Nesting beyond the stack of a recursive parser or visitor, and just below what Python takes."""
    yield "deep-parentheses", _nested("(", 5000, ")")
    yield "deep-parentheses-unclosed", "x = " + "(" * 100_000
    yield "deep-lists", _nested("[", 150, "]", "")
    yield "deep-dicts", _nested("{1: ", 90, "}")
    yield "deep-sums", "x = " + "+".join(["1"] * 100_000) + "\n"
    yield "deep-ands", "x = " + " and ".join("(a or b)" for _ in range(20_000)) + "\n"
    yield "deep-powers", "x = " + "**".join(["1"] * 3000) + "\n"
    yield "deep-comparisons", "x = " + " < ".join(["a"] * 50_000) + "\n"
    yield "deep-attributes", "x = a" + ".b" * 50_000 + "\n"
    yield "deep-calls", "x = f" + "()" * 20_000 + "\n"
    yield "deep-call-arguments", _nested("f(", 90, ")")
    yield "deep-subscripts", "x = a" + "[0]" * 20_000 + "\n"
    yield "deep-not", "x = " + "not " * 5000 + "a\n"
    yield "deep-minus", "x = " + "-" * 50_000 + "1\n"
    yield "deep-lambdas", "x = " + "lambda: " * 3000 + "1\n"
    yield "deep-conditions", "x = " + "1 if a else " * 5000 + "1\n"
    yield "deep-comprehensions", _nested("[y for y in ", 90, "]", "a")
    yield "long-comprehension", "x = [a" + " for a in b if a" * 5000 + "]\n"
    yield "deep-await", "async def f():\n return " + "await " * 5000 + "a\n"
    yield "deep-yield", "def f():\n x = " + _nested("(yield ", 90, ")")[4:]
    yield "deep-walrus", _nested("(y := ", 90, ")")
    yield "deep-fstrings", 'x = f"{' + "(lambda: " * 400 + "1" + ")" * 400 + '}"\n'
    yield "deep-format-specs", "x = f'" + "{a:" * 80 + "}" * 80 + "'\n"
    yield "deep-indent", "".join(" " * n + "if x:\n" for n in range(95)) + " " * 95 + "pass\n"
    yield "too-deep-indent", "".join(" " * n + "if x:\n" for n in range(400)) + " " * 400 + "pass\n"
    yield "deep-classes", "".join(" " * n + f"class C{n}:\n" for n in range(95)) + " " * 95 + "pass\n"
    yield "deep-functions", "".join(" " * n + f"def f{n}(x):\n" for n in range(95)) + " " * 95 + "return x\n"
    yield "deep-with", "".join(" " * n + "with a:\n" for n in range(18)) + " " * 18 + "pass\n"
    yield "wide-with", "with " + ", ".join(["a as b"] * 5000) + ":\n pass\n"
    yield "deep-try", "".join(" " * n + "try:\n" for n in range(95)) + " " * 95 + "pass\n"
    yield "long-elif", "if x == 0:\n pass\n" + "".join(f"elif x == {n}:\n pass\n" for n in range(5000))
    yield "deep-match-lists", "match x:\n case " + "[" * 150 + "]" * 150 + ":\n  pass\n"
    yield "deep-match-classes", "match x:\n case " + "C(" * 90 + "y" + ")" * 90 + ":\n  pass\n"
    yield "long-match-or", "match x:\n case " + " | ".join(map(str, range(5000))) + ":\n  pass\n"
    yield "long-match", "match x:\n" + "".join(f" case {n}:\n  pass\n" for n in range(5000))
    yield "deep-type-parameters", "def f[T: " + "(" * 90 + "int" + ",)" * 90 + "](x: T): pass\n"
    yield "wide-type-parameters", "class C[" + ", ".join(f"T{n}" for n in range(5000)) + "]: pass\n"
    yield "deep-annotations", "x: " + "list[" * 90 + "int" + "]" * 90 + " = 1\n"
    yield "deep-unpacking", "(" * 90 + "a," + "),"[0] * 90 + " = x\n"
    yield "deep-stars", "f(" + "*[" * 90 + "]" * 90 + ")\n"


def _long() -> Iterator[tuple[str, Text]]:
    """A great deal of one thing."""
    yield "long-decorators", "@d\n" * 20_000 + "def f(): pass\n"
    yield "long-integer", "x = " + "9" * 1_000_000 + "\n"
    yield "long-float", "x = 0." + "9" * 1_000_000 + "\n"
    yield "long-string", "x = '" + "A" * 4_000_000 + "'\n"
    yield "long-comment", "#" + "x" * 4_000_000 + "\n"
    yield "long-identifier", "x" * 1_000_000 + " = 1\n"
    yield "long-string-chain", "x = " + "+".join(["'tcp://'"] * 20_000) + "\ns.connect(x)\n"
    yield "long-implicit-chain", "x = (" + "'a'\n" * 100_000 + ")\n"
    yield "long-dict", "x = {\n" + "".join(f"'k{n}': {n},\n" for n in range(200_000)) + "}\n"
    yield "long-list", "x = [" + "1," * 500_000 + "]\n"
    yield "long-statements", "x = 1;" * 300_000 + "\n"
    yield "long-lines", "x=1\n" * 600_000
    yield "long-blank", "\n" * 4_000_000
    yield "long-continuation", "x = 1 + \\\n" * 1 + "1 + \\\n" * 50_000 + "1\n"
    yield "long-quotes", '"""' * 200_001 + "\n"
    yield "long-names", "import " + ", ".join(f"m{n}" for n in range(20_000)) + "\n"
    yield "long-from", "from m import (" + ", ".join(f"n{n}" for n in range(20_000)) + ")\n"
    yield "long-parameters", "def f(" + ", ".join(f"p{n}=s.recv()" for n in range(5000)) + "): pass\n"
    yield "long-arguments", "f(" + ", ".join(f"k{n}=s.recv()" for n in range(5000)) + ")\n"
    yield "long-targets", " = ".join(f"x{n}" for n in range(5000)) + " = s.recv()\npickle.loads(x4999)\n"
    yield "long-unpacking", ", ".join(f"x{n}" for n in range(10_000)) + " = s.recv_multipart()\npickle.loads(x9999)\n"
    yield "long-global", "def f():\n global " + ", ".join(f"g{n}" for n in range(20_000)) + "\n"
    yield (
        "many-methods",
        "class C:\n" + "".join(f"    def m{n}(self):\n        return self.m{n + 1}()\n" for n in range(20_000)),
    )
    yield "many-loads", "".join(f"y{n} = pickle.loads(s.recv())\n" for n in range(300))
    yield "many-classes", "".join(f"class C{n}(C{n - 1}): pass\n" for n in range(5000))
    yield "many-handlers", "try:\n pass\n" + "".join(f"except E{n}:\n pass\n" for n in range(5000))


def _odd_characters() -> Iterator[tuple[str, Text]]:
    """Characters that lines, tokens or terminals are confused by."""
    yield "nul", "x = 1\0\n"
    yield "form-feeds", "\x0cx = 1\n\x0c\x0c  \ny = '\x0c'\n"
    yield "vertical-tabs", "x = '\x0b\x1c\x1d\x1e\x85\u2028\u2029'\n# \x0b \x85 \u2028\n"
    yield "byte-order-mark-within", "x = 1\n\ufeffy = 2\n"
    yield "bidi", "acc\u202eess = '\u2066 \u2069'\n# \u202e } if x {\n"
    yield "zero-width", "pick\u200ble = 1\nx = '\u200b\u200d\u2060'\n"
    yield "homoglyphs", "р\u0456ckle = s\nрickle.loads(s.recv())\n"
    yield "lookalike-identifiers", "import 𝗽𝗶𝗰𝗸𝗹𝗲\n𝗽𝗶𝗰𝗸𝗹𝗲.loads(s.recv())\n"
    yield "escapes", "x = '\x1b[2J\x1b]0;title\x07'\n# \x1b]8;;http://x\x07\n"
    yield "workflow-commands", "# ::error file=x::hi\n# ##vso[task.complete]\n"
    yield "markup", "# <script>alert(1)</script> ]]> --> \n"
    yield "invalid-utf-8", b"# \xff\xfe\xfa\nname = '\xe9'\n"
    yield "surrogates", b"x = '\xed\xa0\x80'\n"
    yield "tabs-and-spaces", "if x:\n\ty = 1\n        z = 1\n  \tw = 1\n"
    yield "broken", "def f(:\n"
    yield "broken-hundred-times", "def f(:\nx = 1\n" * 100
    yield "broken-everywhere", ")]}\n" * 20_000
    yield "unterminated-string", "x = '\ny = '''\n" + "z = 1\n" * 1000
    yield "python-2", "print 'hello'\nexec 'x = 1'\nraise E, 'x'\n`x`\n0777\nx <> y\n"
    yield "python-next", "match = 1\ntype X = int\ntry:\n pass\nexcept* E:\n pass\nx = t'{a}'\n"
    yield "suppressions", "pickle.loads(s.recv())  # nosec nosemgrep noqa type: ignore gnomon: ignore\n"


def _entangled() -> Iterator[tuple[str, Text]]:
    """Data flow with no end, or with too many ways."""
    chain = "".join(f"def f{n}(b):\n    return f{n + 1}(b)\n" for n in range(5000))
    yield "call-chain", chain + "def f5000(b):\n    return pickle.loads(b)\nf0(s.recv())\n"
    ring = "".join(f"def f{n}(b):\n    return f{(n + 1) % 5000}(b)\n" for n in range(5000))
    yield "call-ring", ring + "pickle.loads(f0(s.recv()))\n"
    calls = "".join(f"    f{n}(b)\n" for n in range(120))
    dense = "".join(f"def f{n}(b):\n{calls}    return pickle.loads(b)\n" for n in range(120))
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
    yield "assignments", "b = s.recv()\n" + "b = b\n" * 10_000 + "pickle.loads(b)\n"
    yield "assignment-forks", "b = s.recv()\n" + "b = b + b if c else b[1:] or b\n" * 500 + "pickle.loads(b)\n"
    yield (
        "name-chain",
        "x0 = s.recv()\n" + "".join(f"x{n + 1} = x{n}\n" for n in range(10_000)) + "pickle.loads(x10000)\n",
    )
    yield "name-ring", "a = b\nb = c\nc = a or b or c\npickle.loads(a)\n"
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
        "returns-itself",
        "def f(): return f\ndef g(x=g): return g(g)(g)\npickle.loads(f()()()())\npickle.loads(g(s.recv()))\n",
    )
    yield "closures", (
        "".join(" " * n + f"def f{n}(b{n}):\n" for n in range(90))
        + " " * 90 + "return pickle.loads(" + "+".join(f"b{n}" for n in range(90)) + ")\nf0(s.recv())\n"
    )  # fmt: skip
    yield "decorator-ring", "def d(f): return d(f)\n@d\ndef g(b): return pickle.loads(b)\ng(s.recv())\n"
    yield (
        "containers",
        (
            "x = []\nx.append(x)\ny = {'a': x}\nx.append(y)\ny['b'] = y\nx[0][0]['b']['a'].append(s.recv())\n"
            "for z in x:\n    for w in z:\n        pickle.loads(w)\n"
        ),
    )
    yield "queues", "import queue\nq = queue.Queue()\n" + "q.put(s.recv())\npickle.loads(q.get())\n" * 300
    yield "imports-itself", "import a\nfrom a import *\nfrom a import x as y, y as x\npickle.loads(a.a.a.x)\n"
    yield "loops", "".join(" " * n + f"for i{n} in s.recv():\n" for n in range(19)) + " " * 19 + "pickle.loads(i18)\n"


def _values() -> Iterator[tuple[str, Text]]:
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
