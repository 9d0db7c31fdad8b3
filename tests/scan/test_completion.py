"""What a fragment lacks is put above it as imports and unknown variables, and a whole file lacks nothing."""

import pytest

from gnomon.knowledge.load import load
from gnomon.scan.catalog import Catalog
from gnomon.scan.completion import missing

CATALOG = Catalog(load())


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("pickle.loads(sock.recv())", "import pickle; import zmq\nsock = (yield)"),
        ("pickle.loads(socket.recv())", "import pickle; import zmq\nsocket = (yield)"),
        ("pickle.loads(sock.recv(4096))", "import pickle; import socket\nsock = (yield)"),
        ("pickle.loads(await ws.recv())", "import pickle; import websockets\nws = (yield)"),
        ("import socket, pickle\npickle.loads(sock.recv(9))", "\nsock = (yield)"),
        ("def f(self):\n    return self.s.recv_pyobj()", "import zmq"),
        ("np.load(BytesIO(x))", "import numpy as np; from io import BytesIO\nx = (yield)"),
        ("handle(zlib.decompress(x))", "import zlib\nx = (yield)"),
        ("from a import *\npickle.loads(sock.recv())", ""),
        ("import pickle\n\n\ndef f(s):\n    return pickle.loads(s.recv())", ""),
        ("x = (", ""),
    ],
)
def test_what_is_missing_is_added(text, above):
    """Libraries by name, by custom or by their receiving methods; variables that can be anything."""
    assert missing(text, CATALOG, whole=True) == above


def test_a_part_of_a_file_may_lack_its_imports_though_no_name_is_free():
    """What of a file is in a diff says nothing of the rest's imports."""
    part = "import pickle\ndef f(self):\n    return pickle.loads(self.s.recv())"

    assert missing(part, CATALOG, whole=True) == ""
    assert missing(part, CATALOG, whole=False) == "import zmq"
