"""The factory returns the socket in a tuple with its port, and a helper returns one of two by its argument."""

import pickle

import zmq


def bound_socket(kind, host="*"):
    context = zmq.Context.instance()
    sock = context.socket(kind)
    port = sock.bind_to_random_port(f"tcp://{host}")
    return sock, port


def start_process():
    sock, port = bound_socket(zmq.ROUTER, "127.0.0.1")
    message = sock.recv_pyobj()  # finding: pickle-over-network this-host medium role=bind
    return sock, message, port


class Group:
    def __init__(self):
        self.public, self.public_port = bound_socket(zmq.PULL)

    def start(self):
        self.request_socket, _, self.port = start_process()

    def run_inference(self, request):
        self.request_socket.send_pyobj(request)
        while True:
            answer = self.request_socket.recv_pyobj()  # finding: pickle-over-network this-host medium role=bind
            if answer is None:
                return
            yield answer

    def read_public(self):
        return pickle.loads(self.public.recv())  # finding: pickle-over-network any-host critical role=bind
