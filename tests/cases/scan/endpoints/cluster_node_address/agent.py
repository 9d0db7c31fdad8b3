"""The cluster runtime tells the node's own address; an ipv6 one is written in brackets."""

import ray
import zmq
import zmq.asyncio


def free_port(host):
    return 40000


@ray.remote
class Agent:
    def start(self):
        self.ip = ray.util.get_node_ip_address().strip("[]")
        self.listen_port = free_port(self.ip)
        context = zmq.asyncio.Context()
        self.socket = context.socket(zmq.PULL)
        if ":" in self.ip:
            address = f"tcp://[{self.ip}]:{self.listen_port}"
            self.socket.setsockopt(zmq.IPV6, 1)
        else:
            address = f"tcp://{self.ip}:{self.listen_port}"
        self.socket.bind(address)

    async def read_message(self):
        sender, message = await self.socket.recv_pyobj()  # finding: pickle-over-network configurable high source=zmq role=bind
        return sender, message
