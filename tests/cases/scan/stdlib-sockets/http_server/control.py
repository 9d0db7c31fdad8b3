"""The standard library's HTTP server: the body is read from rfile."""

import json
import pickle
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer


class Control(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if self.path == "/json":
            order = json.loads(body)  # safe: pickle-over-network
        else:
            order = pickle.loads(body)  # finding: pickle-over-network any-host critical source=http role=bind
        self.send_response(200 if order else 400)
        self.end_headers()


class Debug(BaseHTTPRequestHandler):
    def do_PUT(self):
        self.server.state = pickle.load(self.rfile)  # finding: pickle-over-network this-host medium source=http role=bind


def main():
    HTTPServer(("127.0.0.1", 8805), Debug).serve_forever()
    ThreadingHTTPServer(("0.0.0.0", 8804), Control).serve_forever()
