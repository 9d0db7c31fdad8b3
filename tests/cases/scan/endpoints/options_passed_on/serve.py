import pickle

import zmq


class Server:
    def __init__(self, host, port):
        self.sock = zmq.Context.instance().socket(zmq.REP)
        self.sock.bind(f"tcp://{host}:{port}")

    def serve(self):
        return pickle.loads(self.sock.recv())  # finding: pickle-over-network configurable high role=bind


def run(args):
    server = Server(args.address, args.port)
    return server.serve()


class LocalServer:
    def __init__(self, host, port):
        self.sock = zmq.Context.instance().socket(zmq.REP)
        self.sock.bind(f"tcp://{host}:{port}")

    def serve(self):
        return pickle.loads(self.sock.recv())  # finding: pickle-over-network this-host medium role=bind


def run_local(port):
    return LocalServer("127.0.0.1", port).serve()
