import pickle

import zmq

from sockets import zmq_socket_ctx


def process_input(path: str):
    with zmq_socket_ctx("ipc:///tmp/ready", zmq.PULL) as ready:
        yield pickle.loads(ready.recv())  # finding: pickle-over-network this-host medium role=connect transport=ipc
    with zmq_socket_ctx("tcp://*:5591", zmq.PULL, bind=True) as socket:
        while True:
            kind, frame = socket.recv_multipart(copy=False)
            yield pickle.loads(frame.buffer)  # finding: pickle-over-network any-host critical role=bind
