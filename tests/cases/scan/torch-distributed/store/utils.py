"""A key-value store without a listening socket of its own listens on every interface."""

import pickle
import socket
from datetime import timedelta

from torch.distributed import TCPStore


class OpenGroup:
    def __init__(self, host, port, rank, world_size):
        self.store = TCPStore(host_name=host, port=port, world_size=world_size, is_master=(rank == 0), timeout=timedelta(seconds=300))

    def recv_obj(self, src):
        obj = pickle.loads(self.store.get(f"send_to/{src}"))  # finding: pickle-over-network any-host critical source=torch-distributed transport=tcp
        return obj

    def broadcast_obj(self, key):
        recv_obj = pickle.loads(self.store.get(key))  # finding: pickle-over-network any-host critical source=torch-distributed
        return recv_obj


class BoundGroup:
    def __init__(self, host, port, rank, world_size):
        if rank == 0:
            listen_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            listen_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listen_socket.bind((host, port))
            listen_socket.listen()
            listen_fd = listen_socket.fileno()
        else:
            listen_socket = None
            listen_fd = None
        self.store = TCPStore(host_name=host, port=port, world_size=world_size, is_master=(rank == 0), use_libuv=False, master_listen_fd=listen_fd)

    def recv_obj(self, src):
        return pickle.loads(self.store.get(f"send_to/{src}"))  # finding: pickle-over-network configurable high source=torch-distributed
