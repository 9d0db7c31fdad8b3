"""Bytes of a collective come from the other ranks: whose reach the process group decides, so unknown."""

import io
import pickle

import numpy as np
import torch
import torch.distributed as dist


class Group:
    def __init__(self, cpu_group, ranks):
        self.cpu_group = cpu_group
        self.ranks = ranks

    def recv_object(self, src):
        size_tensor = torch.empty(1, dtype=torch.long, device="cpu")
        torch.distributed.recv(size_tensor, src=self.ranks[src], group=self.cpu_group)
        object_tensor = torch.empty(size_tensor.item(), dtype=torch.uint8, device="cpu")
        rank = torch.distributed.recv(object_tensor, src=self.ranks[src], group=self.cpu_group)  # at: receive
        assert rank == src
        return pickle.loads(object_tensor.numpy().tobytes())  # finding: pickle-over-network unknown high source=torch-distributed receive=@receive


def broadcast_pyobj(data, rank, group):
    if rank == 0:
        serialized = pickle.dumps(data)
        tensor = torch.ByteTensor(np.frombuffer(serialized, dtype=np.uint8))
        dist.broadcast(tensor, src=0, group=group)
        return data
    size = torch.tensor([0], dtype=torch.long)
    dist.broadcast(size, src=0, group=group)
    tensor = torch.empty(size.item(), dtype=torch.uint8)
    dist.broadcast(tensor, src=0, group=group)
    return pickle.loads(bytes(tensor.cpu().numpy()))  # finding: pickle-over-network unknown high source=torch-distributed


def tensor_to_object(tensor, size):
    buffer = tensor.cpu().numpy().tobytes()[:size]
    return pickle.Unpickler(io.BytesIO(buffer)).load()  # finding: pickle-over-network unknown high source=torch-distributed


def gather(size, world):
    tensors = [torch.empty(size, dtype=torch.uint8) for _ in range(world)]
    dist.all_gather(tensors, torch.zeros(size, dtype=torch.uint8))
    return [tensor_to_object(tensor, size) for tensor in tensors]


def numbers(group):
    tensor = torch.empty(4)
    dist.recv(tensor, src=0, group=group)
    return tensor.tolist()  # safe: pickle-over-network
