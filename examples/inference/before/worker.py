"""Batches in, what the model says out."""

import os
import signal
import sys

import numpy as np
import zmq

from model import Model


def main(broker: str) -> None:
    """Serve, until a signal ends it."""
    model = Model()
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.connect(broker)
    socket.send_pyobj({"worker": os.getpid(), "batch": 0})
    while True:
        batch = socket.recv_pyobj()
        outputs = model.run([np.array(tokens, np.int32) for tokens in batch["tokens"]])
        results = {"embeddings": outputs.embeddings, "logits": outputs.logits}
        socket.send_pyobj({"worker": os.getpid(), "batch": batch["batch"], **results})


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    main(*sys.argv[1:])
