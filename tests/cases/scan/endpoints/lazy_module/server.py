import settings
import zmq


def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(f"tcp://{settings.MASTER_HOST}:5555")
    return socket.recv_pyobj()  # finding: pickle-over-network configurable high role=bind
