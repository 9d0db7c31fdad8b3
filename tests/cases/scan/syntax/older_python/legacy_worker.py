# syntax: older
import cPickle as pickle

import zmq


def run(port):
    sock = zmq.Context().socket(zmq.PULL)
    sock.bind("tcp://*:%d" % port)
    while True:
        try:
            job = pickle.loads(sock.recv())  # finding: pickle-over-network maybe
        except zmq.ZMQError, error:
            print "failed:", error
            continue
        print "done", job
