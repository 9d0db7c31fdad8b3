"""Rewriting happens in a process of its own, and what harms that is a reason."""

import sys

import pytest

from gnomon.core.errors import MissingExtra
from gnomon.core.patch import Import, Patch, Replacement
from gnomon.core.site import Span
from gnomon.fix.protocol import Refused, Rewritten
from gnomon.io import rewriter
from gnomon.io.rewriter import Bounds, rewrite
from tests.hostile.sources import sources

TWO_S = Bounds(cpu_s=2, wall_s=30)
DEEP = {
    "deep-brackets",
    "deep-operators",
    "deep-strings",
    "deep-patterns",
    "broken-source",
    "tangled-names",
}
SLOW = b"x = 1\n" * 250_000


def test_each_patch_has_its_result():
    """In order, each of the files as they were given."""
    files = {"a.py": b"x = 1\n", "b.py": b"y\n"}

    results = rewrite(files, [_importing("a.py", "os"), _importing("c.py", "os"), _importing("b.py", "sys")])

    assert results == (
        Rewritten(files={"a.py": b"import os\n\nx = 1\n"}),
        Refused(reason="c.py is no file of the target"),
        Rewritten(files={"b.py": b"import sys\n\ny\n"}),
    )


def test_no_patch_needs_no_process():
    """Nothing in, nothing out."""
    assert rewrite({"a.py": b""}, []) == ()


def test_time_is_limited_and_the_other_patches_go_on():
    """What takes too long ends its process; the next one begins behind it."""
    files = {"slow.py": SLOW, "b.py": b"y\n"}

    results = rewrite(files, [_importing("slow.py", "os"), _importing("b.py", "sys")], bounds=TWO_S)

    assert results[0] == Refused(reason="rewriting it takes more than 2 s of processor time")
    assert isinstance(results[1], Rewritten)


def test_waiting_is_limited():
    """A process that does not end is ended."""
    [result] = rewrite({"slow.py": SLOW}, [_importing("slow.py", "os")], bounds=Bounds(wall_s=0.01))

    assert result == Refused(reason="rewriting it takes more than 0.01 s")


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux alone")
def test_memory_is_limited():
    """A text whose tree needs more is refused."""
    [result] = rewrite({"slow.py": SLOW}, [_importing("slow.py", "os")], bounds=Bounds(memory_bytes=300_000_000))

    assert isinstance(result, Refused)
    assert "memory" in result.reason


def test_output_is_limited():
    """What grows beyond bounds is cut off there, and refused."""
    whole = Span(line=1, column=1, end_line=1, end_column=1)
    pieces = ("[", *[whole] * 50_000, "]")
    patch = Patch(replacements=(Replacement(path="big.yaml", span=whole, pieces=pieces),))

    [result] = rewrite({"big.yaml": b"x"}, [patch], bounds=Bounds(output_bytes=10_000))

    assert isinstance(result, Refused)
    assert "exit code" in result.reason


@pytest.mark.parametrize("case", [case for case in sources() if case.name in DEEP], ids=lambda case: case.name)
def test_hostile_sources_are_rewritten_or_refused(tmp_path, case):
    """Too deep, too long, too entangled: an answer for every one, and nothing but an import has come."""
    case.make(tmp_path)
    read = {path.name: path.read_bytes() for path in sorted(tmp_path.glob("*.py"))}
    files = {name: data for name, data in read.items() if len(data) < 15_000}

    results = rewrite(files, [_importing(name, "json") for name in files], bounds=Bounds(cpu_s=1))

    assert len(results) == len(files) > 0
    for (name, before), result in zip(files.items(), results, strict=True):
        if isinstance(result, Rewritten):
            assert result.files[name].replace(b"import json\n", b"", 1) == before


def test_without_libcst_the_extra_is_named(monkeypatch):
    """With the command that installs it."""
    start = "import sys; sys.modules['libcst'] = None; " + rewriter._START
    monkeypatch.setattr(rewriter, "_START", start)

    with pytest.raises(MissingExtra) as error:
        rewrite({"a.py": b""}, [_importing("a.py", "os")])

    assert error.value.remedy == "pip install 'gnomon[fix]'"


def test_nothing_of_the_working_folder_is_imported(tmp_path, monkeypatch):
    """Modules that lie there under the names of what the process needs stay unread."""
    for name in ("libcst", "msgspec", "ast", "gnomon", "resource"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    [result] = rewrite({"a.py": b""}, [_importing("a.py", "os")])

    assert result == Rewritten(files={"a.py": b"import os\n"})


def _importing(path: str, module: str) -> Patch:
    return Patch(imports=(Import(path=path, module=module),))
