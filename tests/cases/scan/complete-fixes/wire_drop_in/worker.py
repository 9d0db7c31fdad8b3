import zmq


class Worker:
    def __init__(self, socket):
        self.socket = socket
        self.socket.connect("tcp://0.0.0.0:8700")

    def next(self):
        return self.socket.recv_pyobj()  # safe: pickle-over-network


class Old:
    def __init__(self):
        self.socket = zmq.Context.instance().socket(zmq.PULL)
        self.socket.bind("tcp://*:8702")

    def next(self):
        return self.socket.recv_pyobj()  # finding: pickle-over-network any-host critical auth=none incomplete=none
