"""The programs of the bench: which unmodified files of which releases they run, and what stands in for the rest."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from bench.archives import Archive

_LOGGER: Final = "from logging import getLogger as get_logger\n"


class Attack(NamedTuple):
    """A way in for the marker, and what the site's outcome is set to; empty: as it was learned."""

    outcome: str = ""
    arguments: tuple[str, ...] = ()
    """Of the program's `attack`, after port and flag."""
    says: str = ""


class Release(NamedTuple):
    """Files of a release that are run as they are."""

    archive: Archive
    files: Mapping[str, str]
    """Member of the archive, or a folder of it, and its path below the folder that the program runs in."""


class Case(NamedTuple):
    """One program."""

    name: str
    program: str
    way: str
    """How its messages travel, and what loads them."""
    releases: tuple[Release, ...] = ()
    """None: the module is the standard library's or is installed."""
    stubs: Mapping[str, str] = MappingProxyType({})
    stubbed: str = ""
    """What the stubs stand for; none of it has to do with messages."""
    arguments: tuple[str, ...] = ()
    attacks: tuple[Attack, ...] = (Attack(),)
    inside: bool = False
    """True: the program itself is told to let the marker in, as the workers' part of it, not another process."""
    needs: str = ""
    """A module that the program's Python must have."""
    accepted: tuple[str, ...] = ()
    """Names known to run code that the program can't do without."""


_LMDEPLOY: Final = Release(
    Archive(
        "lmdeploy",
        "lmdeploy-0.9.2-cp312-cp312-win_amd64.whl",
        "8d4c2604deda7226977d544340a9590e26beeb84b05063e50580bf8cb91f5f3c",
    ),
    {"lmdeploy/pytorch/engine/mp_engine/zmq_rpc.py": "lmdeploy/pytorch/engine/mp_engine/zmq_rpc.py"},
)
_COMMLINK: Final = Release(
    Archive("commlink", "commlink-0.4.2.tar.gz", "68ac64abfea8eb3bdc844beaff0eb278b9920df48f9fa2f80b6a3581719c1312"),
    {
        f"commlink-0.4.2/src/commlink/{name}.py": f"commlink/{name}.py"
        for name in ("serializer", "rpc_client", "rpc_server")
    },
)
_WORKERS: Final = "llama_stack/providers/impls/meta_reference/inference/parallel_utils.py"
_LLAMA_STACK: Final = Release(
    Archive(
        "llama-stack",
        "llama_stack-0.0.40-py3-none-any.whl",
        "b362cdf22273461ca9574af64b14f6de340d596f0457185d01d1e26ff337134a",
    ),
    {_WORKERS: _WORKERS},
)
_GROUP: Final = """
from torch.distributed import get_rank as get_model_parallel_rank, group


def get_model_parallel_group():
    return group.WORLD


def get_model_parallel_src_rank():
    return 0
"""
_QUEUE: Final = "vllm/distributed/device_communicators/shm_broadcast.py"
_VLLM: Final = Release(
    Archive("vllm", "vllm-0.8.5.tar.gz", "c7e04d1046304397b4580334038b558fe491af155fdea508224f140172cf9a82"),
    {f"vllm-0.8.5/{_QUEUE}": _QUEUE},
)
_ADDRESSES: Final = """
import socket


def get_ip():
    return "127.0.0.1"


def get_open_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def get_open_zmq_ipc_path():
    raise NotImplementedError


def is_valid_ipv6_address(address):
    return False
"""
_MANAGERS: Final = "sglang/srt/managers"
_SGLANG: Final = Release(
    Archive("sglang", "sglang-0.4.1.tar.gz", "79db4073ba8ebc261d27c4a082c760ac52ae0d3bd91976dd516c6870cd5a6f30"),
    {f"sglang-0.4.1/{_MANAGERS}/{name}.py": f"{_MANAGERS}/{name}.py" for name in ("detokenizer_manager", "io_struct")},
)
_SOCKETS: Final = """
import zmq


def get_zmq_socket(context, socket_type, endpoint):
    socket = context.socket(socket_type)
    (socket.bind if socket_type == zmq.PULL else socket.connect)(endpoint)
    return socket


def configure_logger(server_args):
    pass
"""
_BYTES: Final = """
class Bytes:
    def batch_decode(self, batch, **options):
        return [bytes(each).decode() for each in batch]


def get_tokenizer(path, **options):
    return Bytes()
"""
_PROCESSES: Final = """
import os
from types import SimpleNamespace


class Process:
    def parent(self):
        return SimpleNamespace(send_signal=lambda number: os.kill(os.getppid(), number))
"""
_JOBLIB: Final = (
    Release(
        Archive("joblib", "joblib-1.6.0.tar.gz", "2ccc96785b12046c08fd6d55839c12857831b54a3c1673ffadd2f04bfc4eda03"),
        {"joblib-1.6.0/joblib": "joblib"},
    ),
    Release(
        Archive(
            "cloudpickle",
            "cloudpickle-3.1.2.tar.gz",
            "7fda9eb655c9c230dab534f1983763de5835249750e85fbcef43aaa30a9a2414",
        ),
        {"cloudpickle-3.1.2/cloudpickle": "cloudpickle"},
    ),
)
_BY_VALUE: Final = tuple(
    f"cloudpickle.cloudpickle:{name}"
    for name in (
        "_builtin_type",
        "_class_setstate",
        "_function_setstate",
        "_make_function",
        "_make_skeleton_class",
        "subimport",
    )
)

_POOL: Final = (Attack("", ("result",), "as a worker's result"), Attack("", ("task",), "as a worker's task"))

CASES: Final = (
    Case(
        "LMDeploy 0.9.2, engine RPC",
        "lmdeploy_rpc.py",
        "ROUTER/DEALER over tcp, pickle.loads in an event loop; the server is a spawned process",
        (_LMDEPLOY,),
        {"lmdeploy/utils.py": _LOGGER},
        "the logger",
        attacks=(Attack(), Attack("raise")),
    ),
    Case(
        "commlink 0.4.2, RPC",
        "commlink_rpc.py",
        "REQ/REP over tcp, several frames, pickle.loads with buffers; the server is a thread",
        (_COMMLINK,),
        attacks=(Attack(), Attack("raise"), Attack("", ("01",), "the pickle does not stand at its frame's begin")),
    ),
    Case(
        "llama-stack 0.0.40, model-parallel group",
        "llama_stack_workers.py",
        "DEALER/ROUTER over tcp, recv_pyobj and pickle.loads; torch's launcher forks two workers, which share tasks",
        (_LLAMA_STACK,),
        {"fairscale/nn/model_parallel/initialize.py": _GROUP},
        "fairscale's three questions for ranks and groups, answered by torch.distributed",
        attacks=(Attack(), Attack("", ("tensor",), "in the bytes of a tensor"), Attack("raise")),
        needs="torch",
    ),
    Case(
        "SGLang 0.4.1, detokenizer",
        "sglang_detokenizer.py",
        "PUSH/PULL over tcp, recv_pyobj in a spawned process",
        (_SGLANG,),
        {
            "sglang/srt/utils.py": _SOCKETS,
            "sglang/srt/hf_transformers_utils.py": _BYTES,
            "sglang/srt/managers/schedule_batch.py": "class BaseFinishReason:\n    pass\n",
            "sglang/srt/sampling/sampling_params.py": "class SamplingParams:\n    pass\n",
            "sglang/srt/server_args.py": "class PortArgs:\n    pass\n\n\nclass ServerArgs:\n    pass\n",
            "sglang/utils.py": "import traceback\n\nfind_printable_text = str\n"
            "get_exception_traceback = traceback.format_exc\n",
            "psutil.py": _PROCESSES,
            "setproctitle.py": "setproctitle = print\n",
        },
        "opening sockets (tcp in place of ipc), the tokenizer, types of settings, psutil, setproctitle",
        attacks=(Attack(), Attack("raise")),
    ),
    Case(
        "vLLM 0.8.5, MessageQueue",
        "vllm_queue.py",
        "XPUB/SUB over tcp, frames without a copy, pickle.loads; the writer, that was taken over, publishes the marker",
        (_VLLM,),
        {
            "vllm/envs.py": "VLLM_RINGBUFFER_WARNING_INTERVAL = 60\n",
            "vllm/logger.py": "from logging import getLogger as init_logger\n",
            "vllm/utils.py": _ADDRESSES,
            "vllm/distributed/utils.py": "class StatelessProcessGroup:\n    pass\n",
        },
        "the logger, a setting, free ports, the type of a process group",
        attacks=(Attack(), Attack("raise")),
        inside=True,
        needs="torch",
    ),
    Case(
        "torch, multiprocessing.Pool",
        "pool.py",
        "pipes between spawned processes; tensors as handles of shared memory",
        arguments=("torch",),
        attacks=(*_POOL, Attack("exit", ("result",), "as a worker's result")),
        inside=True,
        needs="torch",
    ),
    Case(
        "joblib 1.6.0, functions of the script",
        "joblib_parallel.py",
        "pipes to loky's processes; functions and classes by value, with cloudpickle",
        _JOBLIB,
        attacks=_POOL,
        inside=True,
        accepted=(*_BY_VALUE, "numpy:memmap"),
    ),
    Case(
        "joblib 1.6.0, functions of a module",
        "joblib_module.py",
        "pipes to loky's processes; functions and classes by name",
        _JOBLIB,
        attacks=_POOL,
        inside=True,
        accepted=("numpy:memmap",),
    ),
    Case(
        "concurrent.futures, ProcessPoolExecutor",
        "executor.py",
        "pipes, processes of a fork server",
        attacks=_POOL,
        inside=True,
    ),
    Case(
        "multiprocessing, Pool",
        "pool.py",
        "pipes between spawned processes",
        arguments=("stdlib",),
        attacks=(*_POOL, Attack("exit", ("result",), "as a worker's result")),
        inside=True,
    ),
    Case(
        "multiprocessing.managers, BaseManager",
        "manager.py",
        "tcp with an authentication key; the attacker has the key",
        accepted=("builtins:getattr",),
    ),
)
