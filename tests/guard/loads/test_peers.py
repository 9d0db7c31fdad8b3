"""A refused load on a plain connection is told with the address of who sent the message."""

import pickle
import socket
import struct

import pytest

BEGIN = """
import asyncio, http.server, multiprocessing.connection, pickle, socket, socketserver, struct, sys
good = pickle.dumps({"plain": 1})
"""
SERVERS = {
    "socket": """
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
def serve():
    connection, _ = listener.accept()
    with connection:
        size, = struct.unpack("!I", connection.recv(4))
        return pickle.loads(connection.recv(size))
while True:
    try:
        print(serve(), flush=True)
    except pickle.UnpicklingError:
        print("refused", flush=True)
""",
    "socketserver": """
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        size, = struct.unpack("!I", self.rfile.read(4))
        try:
            print(pickle.loads(self.rfile.read(size)), flush=True)
        except pickle.UnpicklingError:
            print("refused", flush=True)
server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
""",
    "asyncio": """
async def serve(reader, writer):
    size, = struct.unpack("!I", await reader.readexactly(4))
    try:
        print(pickle.loads(await reader.readexactly(size)), flush=True)
    except pickle.UnpicklingError:
        print("refused", flush=True)
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
""",
}


@pytest.mark.parametrize("kind", SERVERS)
def test_the_peer_of_a_plain_connection_is_told(ground, kind):
    """The event has the address and port that the sender has at its end, and the server goes on."""
    program = ground.write("server.py", BEGIN + SERVERS[kind])
    ground.write("empty.py", "import pickle\npickle.loads(pickle.dumps(1))\n")
    ground.learn(ground.folder / "empty.py")
    with ground.running(("-p",), program) as process:
        port = int(process.stdout.readline())
        ours = _send(port, pickle.dumps(complex(1, 2)))
        refused = process.stdout.readline()
        _send(port, pickle.dumps({"plain": 1}))
        served = process.stdout.readline()

    [event] = ground.events()
    assert (refused, served) == ("refused\n", "{'plain': 1}\n")
    assert event["peer"] == ours
    assert (event["module"], event["name"]) == ("builtins", "complex")


def _send(port: int, data: bytes) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(struct.pack("!I", len(data)) + data)
        connection.shutdown(socket.SHUT_WR)
        ours = connection.getsockname()
        connection.recv(1)
    return f"{ours[0]}:{ours[1]}"
