"""Without a proxy, inproc stays in the process."""

import pickle
import threading

import zmq


def main():
    ctx = zmq.Context()
    parent = ctx.socket(zmq.PAIR)
    parent.bind("inproc://steps")
    threading.Thread(target=child, args=(ctx,)).start()
    print(pickle.loads(parent.recv()))  # finding: pickle-over-network process low transport=inproc


def child(ctx: zmq.Context):
    sock = ctx.socket(zmq.PAIR)
    sock.connect("inproc://steps")
    sock.send(pickle.dumps({"done": True}))
