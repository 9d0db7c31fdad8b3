import pickle

import cloudpickle
import zmq
import zmq.asyncio

from paths import EXT, open_inproc_path, open_ipc_path, zmq_address


class Engine:
    def __init__(self, ipc_path: str):
        self.ctx = zmq.Context()
        self.input_socket = self.ctx.socket(zmq.PULL)
        self.input_socket.bind(f"{ipc_path}{EXT}")

    def handle_new_input(self):
        while self.input_socket.poll(timeout=0) != 0:
            frames = self.input_socket.recv_multipart(copy=False)
            yield pickle.loads(frames[0].buffer)  # finding: pickle-over-network this-host medium transport=ipc role=bind


class Client:
    def __init__(self):
        self.context = zmq.asyncio.Context()
        self.proxy_path = open_inproc_path()

    async def ask(self):
        with self.context.socket(zmq.DEALER) as socket:
            socket.connect(self.proxy_path)
            await socket.send_multipart([b"", b"get"])
            return cloudpickle.loads(await socket.recv())  # finding: pickle-over-network process low transport=inproc


class Consumer:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.SUB)
        self.sock.connect(zmq_address())

    def get(self):
        return self.sock.recv_pyobj()  # finding: pickle-over-network this-host medium transport=ipc role=connect


def main():
    engine = Engine(open_ipc_path())
    return list(engine.handle_new_input())
