import logging
import pickle
import sys

import zmq

import places

log = logging.getLogger(__name__)


class Broker:
    def __init__(self):
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        self.router.bind(places.ADDRESS)

    def _receive(self):
        frames = self.router.recv_multipart()
        return frames[0], pickle.loads(frames[-1])

    def _reply(self, identity, value):
        self.router.send_multipart([identity, pickle.dumps(value)])

    def run(self):
        while True:
            identity, request = self._receive()
            log.info("a request of %s", identity)
            if request["stop"]:
                self._reply(identity, "bye")
                sys.stdin.read()  # until nobody needs it any more
                return
            self._reply(identity, {"double": request["value"] * 2})


Broker().run()
print("served", places.NOTED)
