"""What recipes are told of a target's text."""

from gnomon.core.patch import Import
from gnomon.core.site import Span
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix.sources import Sources


def test_columns_are_utf8_bytes():
    """The code of a span is what stands there in bytes, behind a mark and with any line ends."""
    sources = _sources({"a.py": "\ufeffé = pickle.loads(ö)\r\nx = 1\r\n"})
    span = Span(line=1, column=6, end_line=1, end_column=21)

    assert sources.code("a.py", span) == "pickle.loads(ö)"
    assert sources.call("a.py", span) is not None
    assert sources.code("a.py", Span(line=9, end_line=9)) == ""


def test_the_statement_and_the_function_around_a_span():
    """The innermost ones, also for a decorator, and none where there is none."""
    sources = _sources({"a.py": "def f(a):\n    with x as y:\n        b = g(a)\n    return b\nc = 1\n"})
    span = Span(line=3, column=13, end_line=3, end_column=16)

    statement, function = sources.statement("a.py", span), sources.function("a.py", span)

    assert statement is not None
    assert statement.lineno == 3
    assert function is not None
    assert function.lineno == 1
    assert sources.bound("a.py", span) == {"f", "a", "b", "y", "c"}
    assert sources.function("a.py", Span(line=5, end_line=5)) is None


def test_names_bound_at_a_span_leave_out_those_of_other_functions():
    """A local of a function that is not around does not count, its name does."""
    sources = _sources({"a.py": "import os.path as p\ndef f():\n    hidden = 1\nclass C:\n    def g(self): return 1\n"})

    assert sources.bound("a.py", Span(line=5, column=25, end_line=5, end_column=25)) == {"p", "f", "C", "g", "self"}
    assert "hidden" in sources.names("a.py")


def test_imports_say_what_they_bind():
    """Each name with the import that binds it, and whether it stands at the margin."""
    sources = _sources({"a.py": "import a.b\nfrom . import c as d\ndef f():\n    from ..x.y import z\n"})

    found = sources.imports("a.py")

    assert [(item.bound, item.top) for item in found] == [("a", True), ("d", True), ("z", False)]
    assert [item.source for item in found] == [
        Import(path="a.py", module="a.b"),
        Import(path="a.py", module=".", name="c", alias="d"),
        Import(path="a.py", module="..x.y", name="z"),
    ]


def test_a_file_that_does_not_parse_has_no_tree():
    """Nothing is told of it, and nothing is raised."""
    sources = _sources({"a.py": "print 'two'\n"})

    assert sources.module("a.py") is None
    assert sources.around("a.py", Span(line=1, end_line=1)) == []
    assert sources.imports("a.py") == ()


def test_packages_are_folders_with_an_init():
    """The root is the folder that the topmost package lies in."""
    sources = _sources({"src/p/__init__.py": "", "src/p/q/__init__.py": "", "src/p/q/m.py": "", "s.py": ""})

    assert sources.package_root("src/p/q/m.py") == "src"
    assert sources.package_root("s.py") is None
    assert sources.is_package("src/p")


def _sources(files: dict[str, str]) -> Sources:
    return Sources(Tree(target=".", files=tuple(SourceFile(path=p, data=t.encode()) for p, t in files.items())))
