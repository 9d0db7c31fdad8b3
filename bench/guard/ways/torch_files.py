"""PyTorch's files, packages and processes."""

import io
import pickle

from bench.guard.way import Sent, way

LOAD = "https://docs.pytorch.org/docs/stable/generated/torch.load.html"


@way("torch", "library", "torch.load(weights_only=False), zip format", "a subclass with a find_class of its own",
     LOAD, "https://github.com/pytorch/pytorch/security/advisories/GHSA-53q9-r3pm-6pq6", needs=("torch",),
     )  # fmt: skip
def by_torch(sent: Sent) -> object:
    """A checkpoint with a tensor and the marker."""
    return _loaded(sent, zipped=True)


@way("torch-legacy", "library", "torch.load(weights_only=False), the format before 1.6",
     "several pickles in one file", LOAD, "https://github.com/trailofbits/fickling/pull/174", needs=("torch",),
     )  # fmt: skip
def by_torch_legacy(sent: Sent) -> object:
    """The same, as a stream."""
    return _loaded(sent, zipped=False)


def _loaded(sent: Sent, *, zipped: bool) -> object:
    import torch

    file = io.BytesIO()
    torch.save({"weight": torch.zeros(2), "extra": sent.value}, file, _use_new_zipfile_serialization=zipped)
    file.seek(0)
    return torch.load(file, weights_only=False)


@way("torch-storage", "library", "torch.storage._load_from_bytes, named in a pickle",
     "the name is in every pickle of a tensor outside of torch.save, and loads bytes by torch.load",
     "https://github.com/pytorch/pytorch/blob/v2.6.0/torch/storage.py", needs=("torch",),
     taken=("torch.storage:_load_from_bytes",))  # fmt: skip
def by_torch_storage(sent: Sent) -> object:
    """A pickle within a pickle, by a name that is learned from any tensor."""
    import torch

    file = io.BytesIO()
    torch.save(sent.value, file)
    inner = file.getvalue()
    call = b"ctorch.storage\n_load_from_bytes\nB" + len(inner).to_bytes(4, "little") + inner + b"\x85R."
    return pickle.loads(b"\x80\x04" + call)


@way("torch-package", "library", "torch.package.PackageImporter.load_pickle",
     "its unpickler in Python finds names by the package's importer",
     "https://docs.pytorch.org/docs/stable/package.html", needs=("torch",))  # fmt: skip
def by_torch_package(sent: Sent) -> object:
    """A package whose one pickle takes the marker from outside of the package."""
    from torch.package import PackageExporter, PackageImporter

    file = io.BytesIO()
    with PackageExporter(file) as exporter:
        exporter.extern("bench.**")
        exporter.save_pickle("models", "model.pkl", sent.value)
    file.seek(0)
    return PackageImporter(file).load_pickle("models", "model.pkl")


@way("torch-distributed", "library", "what broadcast_object_list receives",
     "torch.distributed keeps a reference to pickle.Unpickler",
     "https://docs.pytorch.org/docs/stable/distributed.html#torch.distributed.broadcast_object_list",
     needs=("torch",))  # fmt: skip
def by_torch_distributed(sent: Sent) -> object:
    """The two functions at the ends of every collective of objects."""
    import torch
    from torch.distributed import distributed_c10d as collectives

    tensor, size = collectives._object_to_tensor(sent.value, torch.device("cpu"), None)
    return collectives._tensor_to_object(tensor, int(size), None)


@way("torch-queue", "process", "torch.multiprocessing.Queue", "a pickler of torch's own, Python's unpickler",
     "https://docs.pytorch.org/docs/stable/multiprocessing.html", needs=("torch",))  # fmt: skip
def by_torch_queue(sent: Sent) -> object:
    """As multiprocessing.Queue."""
    from torch import multiprocessing

    queue = multiprocessing.get_context("fork").SimpleQueue()
    queue.put(sent.value)
    return queue.get()
