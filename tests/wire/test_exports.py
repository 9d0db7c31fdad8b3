"""What `import gnomon.wire` gives, and what it takes."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import gnomon.wire

FILE = Path(gnomon.wire.__file__)


def test_all_is_what_the_file_imports():
    """Sorted, and nothing else is public."""
    imported = [
        alias.name
        for node in ast.parse(FILE.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]

    assert gnomon.wire.__all__ == sorted(imported)


def test_every_public_name_is_documented():
    """By a docstring of its own."""
    assert [name for name in gnomon.wire.__all__ if not (getattr(gnomon.wire, name).__doc__ or "").strip()] == []


@pytest.mark.parametrize("missing", ["zmq", "cryptography"])
def test_a_missing_extra_is_told_with_the_command(missing):
    """As text to type."""
    program = f"import sys; sys.modules[{missing!r}] = None\nimport gnomon.wire"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert f"gnomon.wire needs {missing}: pip install 'gnomon[wire]'" in result.stderr


@pytest.mark.parametrize("missing", ["zmq", "cryptography"])
def test_a_missing_extra_is_told_by_its_name(monkeypatch, missing):
    """For who handles the error."""
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ImportError) as caught:
        runpy.run_path(str(FILE))
    assert caught.value.name == missing


def test_it_loads_no_deserializer_and_nothing_else_of_gnomon():
    """Neither pickle nor numpy, torch or pydantic, nor the scanner; and ssl only for who has a socket of mode tls."""
    program = (
        "import sys, zmq, cryptography, msgspec\n"
        "before = set(sys.modules)\n"
        "import gnomon.wire\n"
        "print(*sorted(set(sys.modules) - before), sep='\\n')"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    foreign = [name for name in loaded if name.startswith("gnomon.") and not name.startswith("gnomon.wire")]
    assert foreign == []
    assert {"pickle", "_pickle", "numpy", "torch", "pydantic", "asyncio", "click", "ssl"} & set(loaded) == set()
    assert len(loaded) < 120
