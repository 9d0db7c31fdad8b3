"""Out-of-band buffers beside a pickle: the pickle is the danger, wherever it stands in the message."""

import pickle
from typing import Any

import zmq


def send_parts(sock: zmq.Socket, obj: Any):
    buffers = [b""]
    total = [0]

    def callback(buf: pickle.PickleBuffer) -> bool:
        raw = buf.raw()
        total[0] += len(raw)
        buffers.append(raw)
        return False

    buffers[0] = pickle.dumps(obj, protocol=pickle.HIGHEST_PROTOCOL, buffer_callback=callback)
    sock.send_multipart(buffers, copy=False)


class MessageQueue:
    def __init__(self, ctx: zmq.Context, connect_ip: str, port: int):
        self.remote_socket = ctx.socket(zmq.SUB)
        self.remote_socket.connect(f"tcp://{connect_ip}:{port}")

    @staticmethod
    def recv(socket: zmq.Socket, timeout: float | None) -> Any:
        timeout_ms = None if timeout is None else int(timeout * 1000)
        if not socket.poll(timeout=timeout_ms):
            raise TimeoutError
        recv, *recv_oob = socket.recv_multipart(copy=False)
        return pickle.loads(recv, buffers=recv_oob)  # finding: pickle-over-network configurable high source=zmq role=connect

    def dequeue(self, timeout: float | None = None):
        return MessageQueue.recv(self.remote_socket, timeout)
