import sys

import zmq

import places


class Server:
    def __init__(self):
        self.context = zmq.Context.instance()
        self.socket = self.context.socket(zmq.REP)
        self.socket.set_hwm(50)
        self.socket.bind(places.ADDRESS)

    def serve(self):
        while True:
            if not self.socket.poll(1000, zmq.POLLIN):
                continue
            try:
                request = self.socket.recv_pyobj(flags=zmq.NOBLOCK)
            except zmq.Again:
                continue
            if request["stop"]:
                self.socket.send_pyobj("bye")
                sys.stdin.read()  # until nobody needs it any more
                return
            self.socket.send_pyobj({"double": request["value"] * 2}, 0, -1)


Server().serve()
print("served", places.NOTED)
