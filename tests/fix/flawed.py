"""The same flawed service over three transports, each a server and a client in files of their own."""

import pickle
import socket
import urllib.error
import urllib.request
from collections.abc import Callable

import zmq

Files = dict[str, str]
JOBS = '''\
from dataclasses import dataclass


@dataclass
class Job:
    """What is to be done."""

    name: str
    counts: list[int]
'''
MARKER = '''\
"""Harmless: says that it was called."""


def fire() -> str:
    print("FIRED", flush=True)
    return "nothing"


class Marker:
    def __reduce__(self):
        return fire, ()
'''
ZMQ = {
    "server.py": '''\
import pickle

import zmq

PORT = @PORT@


def main() -> None:
    """Does jobs."""
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(f"tcp://*:{PORT}")
    print("ready")
    while True:
        try:
            job = socket.recv_pyobj()  # whoever sends it
        except (pickle.UnpicklingError, EOFError):
            print("refused")
            continue
        print(job.name, sum(job.counts))


if __name__ == "__main__":
    main()
''',
    "client.py": """\
import sys

import zmq
from jobs import Job

context = zmq.Context()
socket = context.socket(zmq.PUSH)
socket.connect("tcp://localhost:@PORT@")
socket.send_pyobj(Job(sys.argv[1], [1, 2]), flags=0, protocol=4)
socket.close()
context.term()
""",
}
TCP = {
    "server.py": '''\
import pickle
import socket
import struct

from jobs import Job


def received(connection: socket.socket, count: int) -> bytes:
    """So many bytes."""
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("the client went away")
        data += part
    return data


def serve(listener: socket.socket) -> None:
    """Does jobs."""
    while True:
        connection, _ = listener.accept()
        with connection:
            (size,) = struct.unpack("!I", received(connection, 4))
            message = received(connection, size)
            try:
                job: Job = pickle.loads(message)
            except pickle.UnpicklingError:
                print("refused")
                continue
            print(job.name, sum(job.counts))


if __name__ == "__main__":
    with socket.create_server(("0.0.0.0", @PORT@)) as listener:
        print("ready")
        serve(listener)
''',
    "client.py": '''\
import pickle
import socket
import struct
import sys

from jobs import Job


def send(name: str) -> None:
    """Asks for a job."""
    message = pickle.dumps(Job(name, [1, 2]))
    with socket.create_connection(("127.0.0.1", @PORT@)) as connection:
        connection.sendall(struct.pack("!I", len(message)) + message)


if __name__ == "__main__":
    send(sys.argv[1])
''',
}
HTTP = {
    "server.py": '''\
import pickle
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    """Does jobs."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            job = pickle.loads(body)
        except (pickle.PickleError, EOFError):
            print("refused")
            self.send_error(400)
            return
        print(job.name, sum(job.counts))
        self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    server = HTTPServer(("0.0.0.0", @PORT@), Handler)
    print("ready")
    server.serve_forever()
''',
    "client.py": """\
import pickle
import sys
import urllib.request

from jobs import Job

job = Job(sys.argv[1], [1, 2])
request = urllib.request.Request("http://127.0.0.1:@PORT@/jobs", data=pickle.dumps(job), method="POST")
urllib.request.urlopen(request, timeout=20).close()
""",
}


def program(transport: str, port: int) -> Files:
    """The program with its port."""
    texts = {"zmq": ZMQ, "tcp": TCP, "http": HTTP}[transport]
    files = {path: text.replace("@PORT@", str(port)) for path, text in texts.items()}
    return {**files, "jobs.py": JOBS, "marker.py": MARKER}


def over_zmq(port: int, message: bytes) -> None:
    """Sends bytes as they are to the server."""
    with zmq.Context() as context, context.socket(zmq.PUSH) as pusher:
        pusher.linger = 20_000
        pusher.connect(f"tcp://127.0.0.1:{port}")
        pusher.send(message)


def over_tcp(port: int, message: bytes) -> None:
    """As `over_zmq`."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(len(message).to_bytes(4, "big") + message)


def over_http(port: int, message: bytes) -> None:
    """As `over_zmq`; a server that refuses answers with an error."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/jobs", data=message, timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()
    except ConnectionError:  # a server that fails hangs up
        return


SENDERS: dict[str, Callable[[int, bytes], None]] = {"zmq": over_zmq, "tcp": over_tcp, "http": over_http}


def fired() -> bytes:
    """A stranger's pickle, that asks for `marker.fire`."""
    return pickle.GLOBAL + b"marker\nfire\n" + pickle.EMPTY_TUPLE + pickle.REDUCE + pickle.STOP
