"""A handler class nested in a method reads self.request; the host is a default of the constructor."""

import pickle
import socketserver
import threading


class MemoryServer:
    def __init__(self, host="0.0.0.0", port=8700):
        self.host = host
        self.port = port
        self.snapshots = []

    def start(self):
        owner = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                data = b""
                while True:
                    chunk = self.request.recv(4096)
                    if not chunk:
                        break
                    data += chunk
                owner.snapshots.append(pickle.loads(data))  # finding: pickle-over-network any-host critical source=socket role=bind

        server = socketserver.ThreadingTCPServer((self.host, self.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
