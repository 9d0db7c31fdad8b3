"""Any bytes are a notebook with source, or none."""

import contextlib
import json

from gnomon.io.notebooks import NotNotebook, source_of

_CELLS = [
    {"cell_type": "code", "source": ["import zmq\n", "%time x\n", "!ls\n", "x?"]},
    {"cell_type": "markdown", "source": "# text"},
    {"cell_type": "code", "outputs": [{"source": ["a"]}], "source": "%%bash\nls\n"},
    {"cell_type": "code", "source": "a = 1\rb = 2\u2028c"},
]
SEEDS = (
    json.dumps({"cells": _CELLS}, indent=1).encode(),
    json.dumps({"metadata": {"kernelspec": {"language": "python3"}}, "cells": _CELLS}).encode(),
    b'\xef\xbb\xbf{"cells": [{"cell_type": "code", "source": ["\\ud800\\n"]}]}',
)


def once(data: bytes) -> None:
    """Gives UTF-8 with no more lines than bytes were given, or refuses."""
    with contextlib.suppress(NotNotebook):
        source = source_of(data, 10_000)
        source.decode()
        assert source.count(b"\n") <= len(data) + 1
