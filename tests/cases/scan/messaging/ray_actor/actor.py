"""An actor's own methods are called by this cluster; what it reads from a socket is the network."""

import pickle

import ray
import zmq


@ray.remote(num_cpus=1)
class Sampler:
    def __init__(self, port):
        ip = ray.util.get_node_ip_address()
        self.sock = zmq.Context().socket(zmq.PULL)
        self.sock.bind(f"tcp://{ip}:{port}")

    def pull(self):
        return pickle.loads(self.sock.recv())  # finding: pickle-over-network configurable high source=zmq role=bind

    def state(self):
        return ray.get(ray.put({"ok": True}))  # safe: pickle-over-network


def by_services(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind(f"tcp://{ray._private.services.get_node_ip_address()}:7000")
    return sock.recv_pyobj()  # finding: pickle-over-network configurable high source=zmq role=bind
