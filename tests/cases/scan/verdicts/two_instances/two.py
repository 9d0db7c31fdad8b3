"""Two attributes of one class, two endpoints: a field's verdict is its own."""

import pickle

import zmq


class Node:
    def __init__(self):
        ctx = zmq.Context()
        self.public = ctx.socket(zmq.ROUTER)
        self.private = ctx.socket(zmq.ROUTER)
        self.public.bind("tcp://*:6900")
        self.private.bind("tcp://127.0.0.1:6901")
        self.poller = zmq.Poller()
        for sock in (self.public, self.private):
            self.poller.register(sock, zmq.POLLIN)

    def run(self):
        while True:
            events = dict(self.poller.poll())
            if self.private in events:
                client, message = self.private.recv_multipart()
                self.admin(pickle.loads(message))  # finding: pickle-over-network this-host medium
            if self.public in events:
                client, message = self.public.recv_multipart()
                self.user(message)

    def admin(self, order):
        print(order)

    def user(self, message):
        return pickle.loads(message)  # finding: pickle-over-network any-host critical
