"""Adds up what workers send."""
import pickle

import zmq

import places


def main():
    context = zmq.Context(io_threads=2)
    socket = context.socket(zmq.PULL)
    socket.setsockopt(zmq.RCVHWM, 100)
    socket.linger = 0
    socket.bind(places.ADDRESS)  # workers connect
    total = 0
    while True:
        frame = socket.recv()
        job = pickle.loads(frame)
        if job["stop"]:
            break
        total += job["value"]
    print("total", total, places.NOTED)
    socket.close()
    context.term()


main()
