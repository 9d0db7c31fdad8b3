import tempfile
from dataclasses import dataclass
from typing import Optional

import zmq

from comm import get_zmq_socket


@dataclass
class PortArgs:
    tokenizer_ipc_name: str
    worker_ipc_name: Optional[str]

    @staticmethod
    def init_new(server_args) -> "PortArgs":
        worker = f"ipc://{tempfile.NamedTemporaryFile(delete=False).name}" if server_args.workers > 1 else None
        return PortArgs(f"ipc://{tempfile.NamedTemporaryFile(delete=False).name}", worker)


class Router:
    def __init__(self, port_args: PortArgs):
        context = zmq.asyncio.Context(2)
        self.recv_from_detokenizer = get_zmq_socket(context, zmq.PULL, port_args.tokenizer_ipc_name, True)
        self.recv_from_worker = get_zmq_socket(context, zmq.PULL, port_args.worker_ipc_name, False)
        self.port, self.recv_from_anyone = get_zmq_socket(context, zmq.PULL)

    async def loop(self):
        await self.recv_from_detokenizer.recv_pyobj()  # finding: pickle-over-network this-host medium role=bind
        await self.recv_from_worker.recv_pyobj()  # finding: pickle-over-network this-host medium role=connect
        await self.recv_from_anyone.recv_pyobj()  # finding: pickle-over-network any-host critical role=bind

    async def told(self, socket):
        return await socket.recv_pyobj()  # finding: pickle-over-network this-host medium role=bind

    async def once(self):
        reply = get_zmq_socket(zmq.asyncio.Context(), zmq.REP, "ipc:///tmp/reply", True)
        return await self.told(reply)
