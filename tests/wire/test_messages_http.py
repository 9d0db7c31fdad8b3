"""Messages as the bodies of HTTP: a server and clients of the standard library, and a stranger between them."""

import http.client
import os
import pickle
import subprocess
import sys

import pytest

from gnomon.wire.keys import Key, written

SHARED = """
from dataclasses import dataclass
import numpy as np
from gnomon.wire import Codec, Messages

@dataclass
class Request:
    number: int
    rows: np.ndarray

@dataclass
class Reply:
    number: int
    sums: np.ndarray

CODEC = Codec(Request, Reply)
REQUESTS = Messages(codec=CODEC, channel="requests")
REPLIES = Messages(codec=CODEC, channel="replies")
"""
SERVER = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from gnomon.wire import Refused
from shared import REPLIES, REQUESTS, Reply

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            request = REQUESTS.loads(body)
        except Refused as refused:
            self.answer(400, refused.reason.encode())
        else:
            self.answer(200, REPLIES.dumps(Reply(request.number, request.rows.sum(axis=1))))

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""
CLIENT = """
import http.client, sys
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from shared import REPLIES, REQUESTS, Request

def ask(thread):
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=30)
    right = 0
    for number in range(40):
        rows = np.random.default_rng(number).random((number + 1, 1 + 500 * (number % 5)))
        body = REQUESTS.dumps(Request(1000 * thread + number, rows))
        connection.request("POST", "/", body)
        answer = connection.getresponse()
        sealed = answer.read()
        assert answer.status == 200, sealed
        reply = REPLIES.loads(sealed)
        right += reply.number == 1000 * thread + number and np.array_equal(reply.sums, rows.sum(axis=1))
    return right, body, sealed

with ThreadPoolExecutor(6) as pool:
    results = list(pool.map(ask, range(6)))
print(sum(right for right, _, _ in results), results[0][1].hex(), results[0][2].hex())
"""
LOADED = []
"""What a pickle's call would put something into."""


class Marker:
    """Where it is unpickled, that can be seen."""

    def __reduce__(self):
        return LOADED.append, ("unpickled",)


@pytest.fixture
def started(tmp_path):
    """Starts programs that share a module and a key: `started(text, *arguments)`."""
    (tmp_path / "shared.py").write_text(SHARED)
    key, processes = written(Key.new()), []

    def start(text, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", text, *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | {"GNOMON_KEYS": key},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate(timeout=20)


def answer(port, body):
    """(status, body) of what a server says to somebody without a key."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/", body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_a_server_and_its_clients(started):
    """Two clients of six threads each get their own answers; a stranger gets none, whatever it captured."""
    port = int(started(SERVER).stdout.readline())

    clients = [started(CLIENT, port) for _ in range(2)]
    (told, errors), (other, other_errors) = (client.communicate(timeout=60) for client in clients)

    assert (errors, other_errors) == ("", "")
    right, request, reply = told.split()
    assert (right, other.split()[0]) == ("240", "240")
    request, reply = bytes.fromhex(request), bytes.fromhex(reply)
    assert answer(port, request) == (400, b"replayed")
    assert answer(port, reply) == (400, b"wrong-context")
    assert answer(port, request[:45] + bytes([request[45] ^ 1]) + request[46:]) == (400, b"bad-tag")
    assert answer(port, pickle.dumps(Marker())) == (400, b"unauthenticated")
    assert LOADED == []
    # the limit that is documented: another server with the same key has a memory of its own
    further = int(started(SERVER).stdout.readline())
    assert answer(further, request)[0] == 200
    assert answer(further, request) == (400, b"replayed")
