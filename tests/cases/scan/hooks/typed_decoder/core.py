import zmq

from serial import MsgpackDecoder, StrictDecoder


class Core:
    def __init__(self, request_type):
        self.decoder = MsgpackDecoder(request_type)
        self.strict = StrictDecoder(request_type)

    def run(self):
        sock = zmq.Context().socket(zmq.DEALER)
        sock.bind("tcp://*:7901")
        while True:
            kind, *frames = sock.recv_multipart(copy=False)
            yield bytes(kind.buffer), self.decoder.decode(frames)
            yield self.strict.decode(sock.recv())
