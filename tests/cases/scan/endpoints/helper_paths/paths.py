"""Endpoint helpers in another module: an ipc path, an inproc name, a suffix added by the user of the path."""

import os
import tempfile
import uuid

EXT = "_input_socket"
OUT_EXT = "_output_socket"


def open_ipc_path() -> str:
    base = os.environ.get("RPC_BASE_PATH", tempfile.gettempdir())
    return f"ipc://{base}/{uuid.uuid4()}"


def open_inproc_path() -> str:
    return f"inproc://{uuid.uuid4()}"


def zmq_address(prefix: str = "engine") -> str:
    return f"ipc://{tempfile.gettempdir()}/{prefix}-{uuid.uuid4().hex}"
