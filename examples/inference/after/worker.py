"""Batches in, what the model says out."""

import os
import signal
import sys

import numpy as np

from after.messages import CODEC, Batch, Ready, Results
from gnomon.wire import ring_from_folder, zmq
from model import Model


def main(broker: str, keys: str) -> None:
    """Serve, until a signal ends it."""
    model = Model()
    context = zmq.Context(keys=ring_from_folder(keys), codec=CODEC)
    socket = context.socket(zmq.DEALER)
    socket.connect(broker)
    socket.send_obj(Ready(worker=os.getpid()))
    while True:
        batch = socket.recv_obj()
        if isinstance(batch, Batch):
            outputs = model.run([np.asarray(tokens, np.int32) for tokens in batch.tokens])
            results = Results(worker=os.getpid(), batch=batch.number, **outputs._asdict())
            socket.send_obj(results, copy=False)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    main(*sys.argv[1:])
