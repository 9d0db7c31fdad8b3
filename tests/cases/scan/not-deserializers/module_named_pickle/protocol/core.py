import zmq

from . import pickle


def serve():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://*:8003")
    while True:
        header, *frames = sock.recv_multipart()
        yield pickle.loads(header, buffers=frames)
