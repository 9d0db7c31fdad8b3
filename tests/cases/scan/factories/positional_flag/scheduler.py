import pickle

import zmq

from comm import get_zmq_socket


class PortArgs:
    scheduler_input = "tcp://127.0.0.1:30001"
    detokenizer = "tcp://0.0.0.0:30002"


class Scheduler:
    def __init__(self, port_args: PortArgs):
        context = zmq.Context(2)
        self.recv_from_tokenizer = get_zmq_socket(context, zmq.PULL, port_args.scheduler_input, False)
        self.recv_from_peer = get_zmq_socket(context, zmq.PULL, port_args.detokenizer, True)

    def recv_requests(self):
        requests = []
        while True:
            try:
                requests.append(self.recv_from_tokenizer.recv_pyobj(zmq.NOBLOCK))  # finding: pickle-over-network this-host medium role=connect
            except zmq.ZMQError:
                break
        requests.append(pickle.loads(self.recv_from_peer.recv()))  # finding: pickle-over-network any-host critical role=bind
        return requests
