"""Another program, with an option of the same name."""

import argparse
import json
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        json.loads(self.rfile.read(100))  # safe: pickle-over-network


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    HTTPServer((parser.parse_args().host, 8000), Handler).serve_forever()
