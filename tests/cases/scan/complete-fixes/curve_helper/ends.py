import pickle

import zmq

from secure import secure_client, secure_server


class Server:
    def __init__(self):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.REP)
        secure_server(self.socket)
        self.socket.bind("tcp://*:8720")

    def get(self):
        return self.socket.recv_pyobj()  # finding: pickle-over-network any-host note effective auth=curve role=bind incomplete=none


class Wrapped:
    def __init__(self):
        self.socket = secure_server(zmq.Context.instance().socket(zmq.PULL))
        self.socket.bind("tcp://*:8721")

    def get(self):
        return pickle.loads(self.socket.recv())  # finding: pickle-over-network any-host note effective auth=curve role=bind incomplete=none


class Client:
    def __init__(self, host):
        self.socket = zmq.Context().socket(zmq.REQ)
        secure_client(self.socket)
        self.socket.connect(f"tcp://{host}:8720")

    def get(self):
        return self.socket.recv_pyobj()  # finding: pickle-over-network note effective auth=curve role=connect incomplete=none


class Asked:
    def __init__(self, *, secure=False):
        self.socket = zmq.Context().socket(zmq.REP)
        if secure:
            secure_server(self.socket)
        self.socket.bind("tcp://*:8723")

    def get(self):
        return self.socket.recv_pyobj()  # finding: pickle-over-network any-host critical auth=curve incomplete=off-by-default


class Plain:
    def __init__(self):
        self.socket = zmq.Context().socket(zmq.REP)
        self.socket.bind("tcp://*:8722")

    def get(self):
        return self.socket.recv_pyobj()  # finding: pickle-over-network any-host critical auth=none incomplete=none


def local(host):
    socket = zmq.Context().socket(zmq.REQ)
    secure_client(socket)
    socket.connect(f"tcp://{host}:8720")
    return socket.recv_pyobj()  # finding: pickle-over-network note effective auth=curve role=connect incomplete=none
