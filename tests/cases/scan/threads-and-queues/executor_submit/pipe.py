"""Executors call their argument: the receiving call, or the loading one."""

import asyncio
import pickle
import time
from concurrent.futures import ThreadPoolExecutor

import zmq


class Pipe:
    def __init__(self, config):
        self.context = zmq.Context()
        self.receiver_socket = self.context.socket(zmq.PULL)
        self.sender_ack = self.context.socket(zmq.PULL)
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.setup(config["host"], config["port"])

    def setup(self, host, port):
        self.receiver_socket.connect(f"tcp://{host}:{port + 1}")
        self.sender_ack.connect(f"tcp://{host}:{port + 2}")

    def wait_for_ack(self, since):
        while self.sender_ack.recv_pyobj() != since:  # finding: pickle-over-network configurable high role=connect
            time.sleep(0.01)

    def send(self, since):
        self.executor.submit(self.wait_for_ack, since)

    def receive(self):
        blob = self.executor.submit(self.receiver_socket.recv).result()
        return self.executor.submit(pickle.loads, blob).result()  # finding: pickle-over-network configurable high role=connect

    def decode(self, blob):
        return pickle.loads(blob)  # finding: pickle-over-network configurable high role=connect

    async def areceive(self):
        loop = asyncio.get_running_loop()
        blob = await asyncio.to_thread(self.receiver_socket.recv)
        return await loop.run_in_executor(self.executor, self.decode, blob)
