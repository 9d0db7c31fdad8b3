"""What a patch says is changed, and not one byte more."""

import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.core.patch import Patch, Replacement, Section
from gnomon.core.site import Span
from gnomon.fix.protocol import Refused, Rewritten, merged
from gnomon.fix.rewriting import rewritten
from gnomon.fix.sources import span_of

from .rewriting_cases import PATH, changed, imported, refused, renamed, span, statement

NESTED = """\
def f(sock):
    x = pickle.loads(  # why
        sock.recv(),  # é
    )["ö"]; y = pickle.loads(pickle.loads(sock.recv()))
    return f"{pickle.loads(x)!r:>{y}}", [pickle.loads(i) for i in y if (z := pickle.loads(i))]
"""


def test_replacements_in_kept_parts_are_applied_too():
    """An outer call keeps its argument, in which the inner one changes; neighbours on the line stay."""
    source = "a = (pickle.loads(pickle.loads(x)) , pickle.loads(y))  # both\n"

    assert changed(source, *renamed(source, "pickle.loads", "load")) == "a = (load(load(x)) , load(y))  # both\n"


def test_everything_but_the_calls_stays_as_it_is_written():
    """Comments within what is replaced go with it, all others and the letters around it stay."""
    after = changed(NESTED, *renamed(NESTED, "pickle.loads", "load"))

    assert (
        after
        == (
            'def f(sock):\n    x = load(sock.recv())["ö"]; y = load(load(sock.recv()))\n'
            '    return f"{load(x)!r:>{y}}", [load(i) for i in y if (z := load(i))]\n'
        )
        or after.count("load(") == 4
    )  # Python 3.11 does not tell where expressions in f-strings are


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = await pickle.loads(a)\n", "x = await load(a)\n"),
        ("é = 'ö', pickle.loads(ä)\n", "é = 'ö', load(ä)\n"),
        ("x = (\n    pickle.loads(a)  # c\n    + 1\n)\n", "x = (\n    load(a)  # c\n    + 1\n)\n"),
        ("x = pickle.loads((yield))\n", "x = load((yield))\n"),
        ("x = pickle.loads((y := a))\n", "x = load((y := a))\n"),
        ("x = pickle.loads((a, b))\n", "x = load((a, b))\n"),
        ("x = pickle.loads(i for i in a)\n", "x = load((i for i in a))\n"),
        ("@pickle.loads(a)\ndef f(): pass\n", "@load(a)\ndef f(): pass\n"),
        ("x = (((pickle.loads)))(a)\n", "x = load(a)\n"),
        ("with pickle.loads(a) as b, c: pass\n", "with load(a) as b, c: pass\n"),
        ("f(*pickle.loads(a), **pickle.loads(b))\n", "f(*load(a), **load(b))\n"),
        ("x = pickle.loads(\n    a\n    or b\n)\n", "x = load(a\n    or b)\n"),
        ("x = pickle.loads(a)", "x = load(a)"),
        ("if x:\n\ty = pickle.loads(a)\n", "if x:\n\ty = load(a)\n"),
        ("\x0cx = pickle.loads(a)\n", "\x0cx = load(a)\n"),
        ("x = 1 \\\n  + pickle.loads(a)\n", "x = 1 \\\n  + load(a)\n"),
    ],
)
def test_calls_wherever_they_stand(source, expected):
    """Under await, decorators, stars, in parentheses, over lines, behind wide letters and tabs."""
    wrapped = source if not source.startswith("x = await") and "yield" not in source else f"async def g():\n {source}"
    wanted = expected if wrapped == source else f"async def g():\n {expected}"

    assert changed(wrapped, *renamed(wrapped, "pickle.loads", "load")) == wanted


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_are_kept(newline, mark):
    """New lines get the file's line end, old ones keep theirs, and a mark stays where it is."""
    source = "import pickle\nif a:\n    x = pickle.loads(b)\n"
    replacement = statement(source, 3, "try:\n    x = load(b)\nexcept E:\n    pass")

    after = changed(mark + source.replace("\n", newline).encode(), replacement)

    expected = "import pickle\nif a:\n    try:\n        x = load(b)\n    except E:\n        pass\n"
    assert after.encode() == mark + expected.replace("\n", newline).encode()


def test_mixed_line_ends_stay_mixed():
    """Only the lines that change get new ends: the most frequent of the file."""
    source = "a = 1\r\nb = 2\nc = pickle.loads(d)\r\n"

    after = changed(source.encode(), *renamed(source.replace("\r\n", "\n"), "pickle.loads", "load"))

    assert after == "a = 1\r\nb = 2\nc = load(d)\r\n"


def test_statements_are_indented_like_the_file():
    """Tabs where the file has tabs, and two blanks where it has two."""
    for unit in ("\t", "  "):
        source = f"def f():\n{unit}if a:\n{unit}{unit}b()  # kept\n"
        after = changed(source, statement(source, 3, "with c:\n    b()\nd()"))

        assert after == f"def f():\n{unit}if a:\n{unit}{unit}with c:\n{unit}{unit}{unit}b()\n{unit}{unit}d()  # kept\n"


def test_a_kept_statement_moves_with_its_lines():
    """What is put into a block is indented, but for texts over several lines, which would change."""
    source = "def f():\n    for x in y:\n        # why\n        g(x)\n"
    text = "def f():\n    x = '''\n    a'''\n"

    after = changed(source, statement(source, 2, "with lock:\n    ", _span_at(source, 2)))

    assert after == "def f():\n    with lock:\n        for x in y:\n            # why\n            g(x)\n"
    assert "would change" in refused(text, statement(text, 2, "with lock:\n    ", _span_at(text, 2)))


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        ("a()\nb()\nc()\n", 2, "a()\nc()\n"),
        ("a()\nb()  # gone\nc()\n", 2, "a()\nc()\n"),
        ("if x:\n    b()\nc()\n", 2, "if x:\n    pass\nc()\n"),
        ("a()\nb()", 2, "a()\n"),
        ("a(); b(); c()\n", 1, "b(); c()\n"),
    ],
)
def test_statements_are_taken_away(source, line, expected):
    """With their lines; a block that would be empty gets `pass`."""
    assert changed(source, statement(source, line)) == expected


def test_one_of_several_statements_on_a_line_can_become_another():
    """In place, but not become several lines."""
    source = "if a: b()\n"
    inner = Replacement(
        path=PATH, span=Span(line=1, column=7, end_line=1, end_column=9), pieces=("c()",), statement=True
    )
    long = Replacement(path=PATH, span=inner.span, pieces=("c()\nd()",), statement=True)

    assert changed(source, inner) == "if a: c()\n"
    assert "is to become more" in refused(source, long)


def test_code_that_is_not_what_was_read_is_refused():
    """A span that is no expression, that ends elsewhere, or that is not in the file."""
    source = "x = a + b * c\n"

    assert "no expression" in refused(source, _at(source, 1, 5, 9, "y"))
    assert "no column" in refused(source, _at(source, 1, 5, 90, "y"))
    assert "no line" in refused(source, _at(source, 4, 1, 2, "y"))
    assert "no whole statements" in refused(source, _at(source, 1, 5, 5, "y", statement=True))
    assert "no column" in refused("é = 1\n", _at(source, 1, 2, 2, "y"))


def test_what_would_change_the_code_around_it_is_refused():
    """An operator that binds less tightly than what is around takes its neighbours with it."""
    source = "x = a * b\n"

    assert "would change the code around it" in refused(source, _at(source, 1, 9, 9, "c + d"))
    assert "does not parse" in refused(source, _at(source, 1, 9, 9, ")("))
    assert changed(source, _at(source, 1, 9, 9, "(c + d)")) == "x = a * (c + d)\n"


def test_what_is_kept_is_put_in_parentheses_where_it_needs_them():
    """It stays one operand."""
    source = "x = f(a + b)\n"
    call = ast.parse(source).body[0].value

    after = changed(source, Replacement(path=PATH, span=span(call), pieces=(span(call.args[0]), " * 2")))

    assert after == "x = (a + b) * 2\n"


def test_contradictions_are_refused():
    """Two changes of one place, overlapping ones, and one within code that goes; equal ones are one."""
    source = "x = f(a)\n"
    outer, inner = _at(source, 1, 5, 8, "g()"), _at(source, 1, 7, 7, "b")

    assert "contradict" in refused(source, outer, _at(source, 1, 5, 8, "h()"))
    assert "takes away" in refused(source, outer, inner)
    assert changed(source, inner, inner) == "x = f(b)\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso-8859-1"),
        (b"# coding: cp1252\nx = 1\n", "cp1252"),
        (b"# coding: nonsense\nx = 1\n", "that it declares"),
        (b"x = '\xe9'\n", "UTF-8"),
        ("x = 1\n".encode("utf-16"), "is not UTF-8"),
        (b"x = 1\0\n", "is not UTF-8"),
        ("𝗽𝗶𝗰𝗸𝗹𝗲 = 1\n".encode(), "stand for others"),
        (b"print 'two'\n", "does not parse"),
    ],
)
def test_files_that_are_not_plain_utf8_python_are_refused(data, reason):
    """By name and with the reason; ASCII and UTF-8 may be declared."""
    assert reason in refused(data, imports=(imported("os"),))
    assert changed(b"# coding: utf-8\nx = 1\n", imports=(imported("os"),)).startswith("# coding: utf-8\n")


def test_a_file_that_is_no_python_is_changed_as_text():
    """Deployment files, by bytes."""
    replacement = Replacement(path="d.yaml", span=Span(line=2, column=8, end_line=2, end_column=8), pieces=("'0'",))

    result = rewritten({"d.yaml": "é: 1\r\nALLOW: 1\r\n".encode()}, Patch(replacements=(replacement,)))

    assert result == Rewritten(files={"d.yaml": "é: 1\r\nALLOW: '0'\r\n".encode()})


def test_nothing_is_half_applied():
    """One file that can't be changed, and none is."""
    good = Replacement(path="a.py", span=Span(line=1, column=1, end_line=1, end_column=1), pieces=("y",))
    bad = Replacement(path="b.py", span=Span(line=9, column=1, end_line=9, end_column=1), pieces=("y",))

    assert rewritten({"a.py": b"x\n", "b.py": b"x\n"}, Patch(replacements=(good, bad))) == Refused(
        reason="b.py has no line 9"
    )
    assert isinstance(rewritten({}, Patch(replacements=(good,))), Refused)


def test_sections_make_one_file():
    """Imports first and grouped, equal bodies once, in the order of their names."""
    one = Section(
        path="p/w.py",
        name="b",
        summary="Words.",
        imports=("import zmq", "from a import B, c"),
        body="def f():\n    pass",
    )
    two = Section(path="p/w.py", name="a", summary="Words.", imports=("import os", "from a import D"), body="X = 1\n")
    patch = merged([Patch(sections=(one, two)), Patch(sections=(two,))])

    assert rewritten({}, patch) == Rewritten(
        files={
            "p/w.py": textwrap.dedent('''\
                """Words."""

                import os

                import zmq
                from a import B, D, c

                X = 1


                def f():
                    pass
                ''').encode()
        }
    )


def test_sections_that_contradict_or_do_not_parse_are_refused():
    """Of one name, with different bodies."""
    one, two = (Section(path="w.py", name="a", summary="Words.", body=body) for body in ("x = 1", "x = 2"))
    broken = Section(path="w.py", name="a", summary="Words.", body="x = = 1")

    assert "contradict" in rewritten({}, Patch(sections=(one, two))).reason
    assert "does not parse" in rewritten({}, Patch(sections=(broken,))).reason


SOURCES = st.sampled_from(
    [
        NESTED,
        (
            "import a\n\n\n@d\nclass C(b):\n\tx: int = 1 ; y = '''\n é'''\n"
            "\tasync def f(self): return [await z async for z in (1,)]\n"
        ),
        "x = a if b else (c,\n  d)  # é\r\ny = lambda *a, k=1: (yield a)\r\n\r\n",
        "match x:\n    case {'a': [1, *_]} if (y := x): pass\ntry:\n  a\nexcept* B as e:\n  raise C from e\n",
        "é = {**a, 'ö': b[1:2, ...]}; assert not -é ** 2 <= ~ü @ z, f'{x}'",
    ]
)


@settings(max_examples=150, deadline=None)
@given(source=SOURCES, data=st.data(), mark=st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_a_span_replaced_by_itself_changes_nothing(source, data, mark):
    """Whatever it is, an expression or a statement: the same bytes."""
    tree = ast.parse(source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt)]
    node = data.draw(st.sampled_from(nodes))
    own = span_of(node)
    replacement = Replacement(path=PATH, span=own, pieces=(own,), statement=isinstance(node, ast.stmt))

    result = rewritten({PATH: mark + source.encode()}, Patch(replacements=(replacement,)))

    # positions within f-strings are not those of the file before Python 3.12: then it is refused
    assert result == Rewritten(files={PATH: mark + source.encode()}) or isinstance(result, Refused)
    if isinstance(result, Refused):
        assert "f'" in source or 'f"' in source


@settings(max_examples=100, deadline=None)
@given(source=SOURCES, data=st.data())
def test_bytes_outside_of_the_span_never_change(source, data):
    """A name in an expression's place: what is before it and behind it is the same."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    node = data.draw(st.sampled_from(names))
    replacement = Replacement(path=PATH, span=span_of(node), pieces=("changed_name",))

    result = rewritten({PATH: source.encode()}, Patch(replacements=(replacement,)))

    if isinstance(result, Rewritten):
        lines = source.encode().replace(b"\r\n", b"\n").split(b"\n")
        start = sum(len(line) + 1 for line in lines[: node.lineno - 1]) + node.col_offset
        end = start + len(node.id.encode())
        plain = source.encode().replace(b"\r\n", b"\n")
        assert result.files[PATH].replace(b"\r\n", b"\n") == plain[:start] + b"changed_name" + plain[end:]


def _span_at(source: str, line: int) -> Span:
    return statement(source, line).span


def _at(source: str, line: int, start: int, end: int, code: str, *, statement: bool = False) -> Replacement:
    return Replacement(
        path=PATH,
        span=Span(line=line, column=start, end_line=line, end_column=end),
        pieces=(code,),
        statement=statement,
    )
