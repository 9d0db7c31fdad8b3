"""Notebooks: code on the lines it has in the file, magics out of the way, and no way to break the run."""

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.io.notebooks import NotNotebook, source_of
from gnomon.io.targets import read

LIMIT = 5_000_000


def _notebook(*cells, indent: int | None = 1, sort: bool = True, **metadata) -> bytes:
    """A notebook as Jupyter writes it; a cell is its source, or (type, source), or a whole dict."""
    made = [
        cell if isinstance(cell, dict) else _cell(*(cell if isinstance(cell, tuple) else ("code", cell)))
        for cell in cells
    ]
    document = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=indent, sort_keys=sort, ensure_ascii=False).encode()


def _cell(kind: str, source: str) -> dict:
    cell = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell | ({"execution_count": 1, "outputs": []} if kind == "code" else {})


def _lines(data: bytes) -> list[str]:
    return source_of(data, LIMIT).decode().split("\n")


@pytest.mark.parametrize("sort", [True, False])
def test_each_line_keeps_its_line_in_the_file(sort):
    """Line 12 of the source is what stands on line 12 of the .ipynb."""
    data = _notebook(
        "import zmq\nimport pickle\n", ("markdown", "# text\nimport nothing"), "pickle.loads(\n  s.recv())", sort=sort
    )

    lines = _lines(data)

    in_file = data.decode().split("\n")
    placed = {number: line for number, line in enumerate(lines) if line}
    assert list(placed.values()) == ["import zmq", "import pickle", "pickle.loads(", "  s.recv())"]
    assert all(line in in_file[number] for number, line in placed.items())
    assert len(lines) == len(in_file)


def test_an_output_that_repeats_the_source_does_not_mislead():
    """What the cell printed looks exactly like its source, and comes before it."""
    cell = _cell("code", "x = 1\n") | {"outputs": [{"name": "stdout", "text": ["x = 1\n"]}]}
    nested = _cell("code", "y = 1\n") | {"metadata": {"source": ["y = 2\n"]}}
    data = _notebook(cell, nested)

    lines = _lines(data)

    in_file = data.decode().split("\n")
    assert lines.index("x = 1") == max(number for number, line in enumerate(in_file) if "x = 1" in line)
    assert lines.index("y = 1") == next(number for number, line in enumerate(in_file) if "y = 1" in line)


@pytest.mark.parametrize(
    "data",
    [
        _notebook("import zmq\nx = 1\n", "y = 2", indent=None),
        _notebook({"cell_type": "code", "source": "import zmq\nx = 1"}, {"cell_type": "code", "source": "y = 2"}),
        _notebook({"cell_type": "code", "source": ["import zmq\nx = 1\n"]}, "y = 2"),
        _notebook({"cell_type": "code", "source": ["import", " zmq\n", "x = 1"]}, "y = 2"),
        _notebook({"cell_type": "code", "source": ["import zmq\rx = 1"]}, "y = 2"),
    ],
)
def test_other_layouts_become_their_cells_in_order(data):
    """Without a line of the file for each line of the source, the code is still read."""
    assert _lines(data) == ["import zmq", "x = 1", "y = 2", ""]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nimport zmq", ["# %matplotlib inline", "import zmq"]),
        ("!pip install \\\n  zmq\nimport zmq", ["# !pip install \\", "#   zmq", "import zmq"]),
        ("if x:\n    !ls\nimport zmq", ["if x:", "    pass  # !ls", "import zmq"]),
        ("files = !ls\nx = %time f()", ["# files = !ls", "# x = %time f()"]),
        ("zmq.recv?\n?zmq\nimport zmq", ["# zmq.recv?", "# ?zmq", "import zmq"]),
        ("%%time\nimport zmq", ["# %%time", "import zmq"]),
        ("%%bash\nfor x in *; do echo $x; done", ["# %%bash", "# for x in *; do echo $x; done"]),
        ("x = (a\n    %b\n    != c)", ["x = (a", "    %b", "    != c)"]),
        ("await f()", ["await f()"]),
    ],
)
def test_what_only_ipython_understands_is_commented_out(source, expected):
    """Magics and shell commands become comments on their own line, and Python that looks alike stays."""
    lines = [line for line in _lines(_notebook(source)) if line]

    assert lines == expected
    ast.parse("\n".join(lines))


def test_a_notebook_in_another_language_holds_no_python():
    """An R notebook is not an error, and not Python."""
    assert source_of(_notebook("x <- 1", kernelspec={"language": "R"}), LIMIT) == b""
    assert source_of(_notebook("x = 1", language_info={"name": "python3"}), LIMIT) != b""
    assert source_of(_notebook("x = 1", kernelspec=None), LIMIT) != b""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"cells": {}}',
        b'{"cells": [{"cell_type": "code", "source": 1}]}',
        b'{"worksheets": [{"cells": []}]}',
        b'{"cells": [{"cell_type":"code","source":[' + b"[" * 100_000,
        b'{"cells": [], "metadata": ' + b'{"a":' * 100_000,
        b'{"metadata": 1, "cells": [' + b'{"cells":[' * 100_000,
        b'{"cells": ["\xff\xfe"]}',
        b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}',  # half a character
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data):
    """Broken and hostile JSON, nested a hundred thousand deep, gives one error with one line."""
    with pytest.raises(NotNotebook) as raised:
        source_of(data, LIMIT)

    assert "\n" not in str(raised.value)


def test_code_beyond_the_limit_is_refused_though_outputs_may_be_larger(tmp_path):
    """Pictures make notebooks large; code does not."""
    cell = _cell("code", "import zmq") | {"outputs": [{"data": {"image/png": "A" * 6_000_000}}]}
    (tmp_path / "pictures.ipynb").write_bytes(_notebook(cell))
    (tmp_path / "code.ipynb").write_bytes(_notebook("x = 1\n" * 1_000_000))

    tree = read(str(tmp_path))

    assert [file.path for file in tree.files] == ["pictures.ipynb"]
    assert [(entry.path, "larger than the limit" in entry.reason) for entry in tree.skipped] == [("code.ipynb", True)]


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8")), min_size=1), max_size=4))
def test_every_line_of_every_cell_is_on_its_line(cells):
    """Whatever stands in the cells, each line is where the file has it, or there is one line per line."""
    data = _notebook(*(_whole_lines(lines) for lines in cells))

    placed = _lines(data)

    in_file = data.decode().split("\n")
    assert len(placed) == len(in_file)
    assert all(
        json.dumps(line, ensure_ascii=False)[1:-1].strip() in in_file[n]
        for n, line in enumerate(placed)
        if not line.lstrip().startswith(("#", "pass"))
    )


def _whole_lines(lines: list[str]) -> dict:
    source = [f"{line}\n" for line in lines]
    source[-1] = source[-1].removesuffix("\n")
    return {"cell_type": "code", "metadata": {}, "source": source}


@pytest.mark.parametrize("place", [b'"language": "p', b'"cell_type": "c', b'"source": ["x'])
def test_bytes_that_are_no_text_are_refused_wherever_they_are(place):
    """Or make the language unknown, which is then taken for Python."""
    data = _notebook("x = 1", kernelspec={"language": "python"})
    assert place in data.replace(b'[\n    "', b'["')
    broken = data.replace(b'[\n    "', b'["').replace(place, place + b"\xff")

    if b"source" in place or b"cell" in place:
        with pytest.raises(NotNotebook, match="not UTF-8"):
            source_of(broken, LIMIT)
    else:
        assert b"x = 1" in source_of(broken, LIMIT)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data):
    """A file named .ipynb gives source or NotNotebook."""
    for head in (b"", b'{"cells": ['):
        try:
            source = source_of(head + data, LIMIT)
        except NotNotebook:
            continue
        assert isinstance(source, bytes)
