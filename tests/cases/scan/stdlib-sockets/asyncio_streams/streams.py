"""Stream readers of asyncio servers and clients; the callback's first parameter is the source."""

import asyncio
import pickle


class Server:
    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        header = await reader.readexactly(4)
        payload = await reader.readexactly(int.from_bytes(header, "big"))
        request = pickle.loads(payload)  # finding: pickle-over-network any-host critical source=socket role=bind
        writer.write(pickle.dumps(request))

    async def start(self, port):
        self.server = await asyncio.start_server(self._handle, "0.0.0.0", port)


async def local(reader, writer):
    line = await reader.readline()
    body = await reader.read(int(line))
    return pickle.loads(body)  # finding: pickle-over-network this-host medium source=socket


async def exchange(rank):
    reader, writer = await asyncio.open_unix_connection(f"/tmp/engine_{rank}.sock")
    writer.write(b"get")
    size = int.from_bytes(await reader.readexactly(4), "big")
    return pickle.loads(await reader.readexactly(size))  # finding: pickle-over-network this-host medium source=socket role=connect


async def ask(host, port):
    async def inner():
        reader, writer = await asyncio.open_connection(host=host, port=port)
        return pickle.loads(await reader.readuntil(b"\0"))  # finding: pickle-over-network configurable high source=socket role=connect

    return await asyncio.wait_for(inner(), 5)


async def main():
    await asyncio.start_server(local, host="127.0.0.1", port=8801)
