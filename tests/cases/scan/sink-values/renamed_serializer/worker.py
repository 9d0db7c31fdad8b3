import zmq

from serialize import loads_argument, loads_once as loads


class Worker:
    def __init__(self):
        context = zmq.Context()
        self.jobs = context.socket(zmq.REP)
        self.jobs.bind_to_random_port("tcp://*")
        self.points = context.socket(zmq.PULL)
        self.points.bind("ipc://@dataflow")

    def job(self):
        message = self.jobs.recv_multipart()
        return loads_argument(message[1])

    def point(self):
        return loads(self.points.recv(copy=False))
