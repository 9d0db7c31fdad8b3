"""The plainest shape: one function receives from a wildcard socket and unpickles."""

import pickle

import zmq


def serve(handler):
    context = zmq.Context()
    socket = context.socket(zmq.REP)
    socket.bind("tcp://*:5555")
    while True:
        message = socket.recv()  # at: receive
        request = pickle.loads(message)  # finding: pickle-over-network any-host critical source=zmq role=bind transport=tcp auth=none receive=@receive sink=pickle.loads
        socket.send(pickle.dumps(handler(request)))
