"""The store is a field of a dataclass, filled by a static factory; a thread polls it."""

import pickle
import threading
from dataclasses import dataclass

import torch
from torch.distributed import TCPStore


@dataclass
class StatelessGroup:
    rank: int
    store: torch._C._distributed_c10d.Store

    def recv_obj(self, src: int):
        return pickle.loads(self.store.get(f"key/{src}"))  # finding: pickle-over-network any-host critical source=torch-distributed

    @staticmethod
    def create(host: str, port: int, rank: int, world_size: int) -> "StatelessGroup":
        store = TCPStore(host_name=host, port=port, world_size=world_size, is_master=(rank == 0))
        return StatelessGroup(rank=rank, store=store)


class Messages:
    def __init__(self, host, port):
        self._store = torch.distributed.TCPStore(host, port, None, True)
        threading.Thread(target=self._receive_loop, daemon=True).start()

    def _receive_loop(self):
        index = 0
        while True:
            key = f"message/{index}"
            self._store.wait([key])
            self.on_message(pickle.loads(self._store.get(key)))  # finding: pickle-over-network any-host critical source=torch-distributed
            index += 1

    def on_message(self, message):
        print(message)
