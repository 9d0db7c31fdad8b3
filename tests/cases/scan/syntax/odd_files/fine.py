"""A broken neighbour, a byte-order mark, a form feed and tabs don't lose the findings."""

import pickle
import zmq


class Tabs:
	def read(self):
		sock = zmq.Context().socket(zmq.PULL)
		sock.bind("tcp://*:8906"); data = sock.recv()
		return pickle.loads(  # finding: pickle-over-network any-host critical
			data
		)


def one_line(): return zmq.Context().socket(zmq.PULL)


def continued(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL); sock.bind("tcp://" \
        "*:8907")
    return pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical
