"""A service with an open socket that reads its state from a file: the file isn't the network."""

import pickle

import zmq


class Service:
    def __init__(self, state_path):
        self.sock = zmq.Context.instance().socket(zmq.REP)
        self.sock.bind("tcp://*:8020")
        self.state = self.recover(state_path)

    def recover(self, path):
        try:
            with open(path, "rb") as file:
                return pickle.load(file)  # finding: pickle-from-file low  # safe: pickle-over-network
        except FileNotFoundError:
            return {}

    def serve(self):
        while True:
            name = self.sock.recv_string()
            with open(f"/var/cache/{name}.pkl", "rb") as file:
                self.sock.send_json(pickle.load(file))  # finding: pickle-from-file  # safe: pickle-over-network
