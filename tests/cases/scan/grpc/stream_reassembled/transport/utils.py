"""A request stream is put together by a helper of another module, then loaded; also through a queue."""

import io
import pickle
from typing import Any


def receive_bytes_in_chunks(iterator, queue=None, log_prefix=""):
    buffer = io.BytesIO()
    for item in iterator:
        if item.transfer_state == 1:
            buffer.seek(0)
            buffer.truncate(0)
        buffer.write(item.data)
        if item.transfer_state == 3:
            if queue is None:
                return buffer.getvalue()
            queue.put(buffer.getvalue())


def bytes_to_python_object(data: bytes) -> Any:
    buffer = io.BytesIO(data)
    buffer.seek(0)
    return pickle.load(buffer)  # nosec B301: trusted  # finding: pickle-over-network configurable high source=grpc
