"""Protocol classes are called back with data; the loop's server call says where."""

import asyncio
import pickle


class Telemetry(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        print(addr, pickle.loads(data))  # finding: pickle-over-network any-host critical source=socket


class Framed(asyncio.Protocol):
    def __init__(self):
        self.buffer = bytearray()

    def data_received(self, data):
        self.buffer += data
        if self.buffer.endswith(b"."):
            print(pickle.loads(self.buffer))  # finding: pickle-over-network this-host medium source=socket


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Telemetry, local_addr=("0.0.0.0", 8802))
    await loop.create_server(lambda: Framed(), "127.0.0.1", 8803)
