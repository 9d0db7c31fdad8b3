"""Shared memory: any process of this host that may open the segment can write the pickle."""

import pickle
from multiprocessing.shared_memory import SharedMemory
from multiprocessing.synchronize import Event


class ModelRunner:
    def __init__(self, rank: int, event: Event):
        self.rank, self.event = rank, event
        if rank == 0:
            self.shm = SharedMemory(name="runner", create=True, size=2**20)
        else:
            self.shm = SharedMemory(name="runner")

    def read_shm(self):
        self.event.wait()
        n = int.from_bytes(self.shm.buf[0:4], "little")
        method_name, *args = pickle.loads(self.shm.buf[4 : n + 4])  # finding: pickle-over-network this-host medium source=shared-memory
        self.event.clear()
        return method_name, args

    def write_shm(self, method_name, *args):
        data = pickle.dumps([method_name, *args])
        n = len(data)
        self.shm.buf[0:4] = n.to_bytes(4, "little")
        self.shm.buf[4 : n + 4] = data


class SharedBuf:
    def __init__(self, shm: SharedMemory):
        self._shm = shm
        self._buf = shm.buf

    def receive_step(self, offset, size):
        return pickle.loads(bytes(self._buf[offset : offset + size]))  # finding: pickle-over-network this-host medium source=shared-memory


def make(name):
    return SharedBuf(SharedMemory(name=name))
