import socketserver
import struct

import cloudpickle

from wire import secret


class Wire:
    def __init__(self, key):
        self._key = key

    def read(self, rfile):
        digest = rfile.read(secret.DIGEST_LENGTH)
        (length,) = struct.unpack("i", rfile.read(4))
        message = rfile.read(length)
        if not secret.check_digest(self._key, message, digest):
            raise Exception("Security error: digest did not match the message.")
        return cloudpickle.loads(message)  # finding: pickle-over-network note effective auth=hmac source=socket

    def read_strict(self, rfile):
        digest = rfile.read(secret.DIGEST_LENGTH)
        message = rfile.read(1024)
        secret.verify(self._key, message, digest)
        return cloudpickle.loads(message)  # finding: pickle-over-network note effective auth=hmac source=socket


class Service:
    def __init__(self, key):
        self._wire = Wire(key)
        self._server = socketserver.ThreadingTCPServer(("0.0.0.0", 0), self._make_handler())

    def _make_handler(self):
        service = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                request = service._wire.read(self.rfile)
                print(request, service._wire.read_strict(self.rfile))

        return Handler
