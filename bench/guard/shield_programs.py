"""Programs of the shield's bench. They know nothing of the shield: it is put under them, or not."""

PULL = """
import sys, time, zmq
count = int(sys.argv[1])
context = zmq.Context()
socket = context.socket(zmq.PULL)
print(socket.bind_to_random_port("tcp://127.0.0.1"))
socket.recv()
began = time.perf_counter()
for _ in range(count):
    socket.recv(copy=False)
print(time.perf_counter() - began)
context.destroy(0)
"""
PUSH = """
import sys, zmq
port, count, size = sys.argv[1:]
message = bytes(int(size))
context = zmq.Context()
socket = context.socket(zmq.PUSH)
socket.connect("tcp://127.0.0.1:" + port)
for _ in range(int(count) + 1):
    socket.send(message, copy=False)
context.destroy()
"""
RPC_SERVER = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
import marker
from lmdeploy.pytorch.engine.mp_engine.zmq_rpc import AsyncRPCServer

async def later(number):
    await asyncio.sleep(0)
    return number * 2

async def count(number):
    for each in range(number):
        yield each

server = AsyncRPCServer()
server.register_method("double", lambda number: number * 2)
server.register_method("later", later)
server.register_method("count", count)
server.register_method("fired", lambda: marker.fired)
server.register_method("stop", server.stop)
print(server.get_port())
asyncio.run(server.run())
"""
RPC_CLIENT = """
import asyncio, sys, time
sys.path.insert(0, sys.argv[1])
from lmdeploy.pytorch.engine.mp_engine.zmq_rpc import AsyncRPCClient

async def main():
    client = AsyncRPCClient(int(sys.argv[2]))
    assert client.call("double", 21) == 42
    assert await client.async_call("later", 21) == 42
    assert [each async for each in client.async_stream_call("count", 1)] == [0]
    began = time.perf_counter()
    for number in range(int(sys.argv[3])):
        assert client.call("double", number) == number * 2
    print(time.perf_counter() - began)
    print(client.call("fired"))
    client.call("stop")
    client._listen_task.cancel()
    try:
        await client._listen_task
    except asyncio.CancelledError:
        pass

asyncio.run(main())
"""
STRANGER = """
import sys
sys.path.insert(0, sys.argv[1])
import pickle, zmq
import marker
from zmq.utils.monitor import recv_monitor_message

class Marked:
    def __reduce__(self):
        return marker.fire, ()

context = zmq.Context()
socket = context.socket(zmq.DEALER)
socket.linger = 0
monitor = socket.get_monitor_socket()
socket.connect("tcp://127.0.0.1:" + sys.argv[2])
socket.send(pickle.dumps({"request_id": "1", "method": "double", "args": (Marked(),)}))
while True:
    assert monitor.poll(20_000)
    event = zmq.Event(recv_monitor_message(monitor)["event"])
    if "HANDSHAKE_FAILED" in event.name or event is zmq.EVENT_DISCONNECTED:
        break
    if event is zmq.EVENT_HANDSHAKE_SUCCEEDED:
        assert socket.poll(20_000)
        break
socket.disable_monitor()
context.destroy(0)
"""
MARKER = """
fired = False


def fire():
    global fired
    fired = True
    return 1
"""
LOGGER = """
import logging


def get_logger(name):
    return logging.getLogger(name)
"""
"""All that LMDeploy's module takes of the rest of LMDeploy."""
