"""The round trips of the bench: which files of which releases they run, and what stands in for the rest."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

_LOGGER: Final = "from logging import getLogger as {}\n"
_TORCH: Final = """
Tensor = device = dtype = object
bfloat16 = float32 = None


def no_grad():
    return lambda function: function
"""


class Trip(NamedTuple):
    """Both ends of a channel of a release, driven by a program."""

    package: str
    version: str
    program: str
    """In `programs`, here or beside the bench of guard."""
    way: str
    root: str
    """Folder of the archive that is on the import path; empty for the archive's own."""
    files: tuple[str, ...]
    """Below `root`: files and folders that are run as they are, or as the fix leaves them."""
    loads: tuple[str, ...]
    """Functions of the files that load what is sent: all of them have to be changed, or the marker may still fire."""
    stubs: Mapping[str, str] = MappingProxyType({})
    stubbed: str = ""
    """What the stubs stand for; none of it has to do with messages."""
    stranger: tuple[str, ...] = ()
    """Way and socket type of who sends the marker, and its frames, where the program does not say it."""
    needs: tuple[str, ...] = ()
    """Modules that the Python that runs it must have."""

    @property
    def name(self) -> str:
        """Release and program."""
        return f"{self.package} {self.version}, {self.program}"


_MOONCAKE: Final = '''
class mooncake_vllm_adaptor:
    """What moves the buffers; both engines of the program see the same memory."""

    memory = {}

    def initialize(self, *_):
        pass

    def allocateManagedBuffer(self, length):
        self.memory[len(self.memory) + 1] = bytes(length)
        return len(self.memory)

    def writeBytesToBuffer(self, buffer, data, length):
        self.memory[buffer] = data[:length]

    def transferSync(self, remote, buffer, peer, length):
        self.memory[buffer] = self.memory[peer][:length]
        return 0

    def readBytesFromBuffer(self, buffer, length):
        return self.memory[buffer][:length]

    def freeManagedBuffer(self, buffer, length):
        return 0
'''
_NIXL: Final = '''
class nixl_agent:
    """What moves the weights: not asked by this program."""

    def __init__(self, name):
        self.name = name

    def get_agent_metadata(self):
        return self.name.encode()

    def add_remote_agent(self, metadata):
        return metadata
'''
_ENGINES: Final = """
from dataclasses import dataclass

import torch


@dataclass
class TensorMeta:
    name: str
    shape: torch.Size
    dtype: torch.dtype
    chunk_offset: int
    chunk_size: int
    offset: int


class CheckpointEngine:
    pass


class CheckpointEngineRegistry:
    register = staticmethod(lambda name: lambda kind: kind)


merge_weight_chunks = split_weight_chunks = None
"""
_NAMES: Final = '''
"""The registry of names, in memory."""

import time

values = {}


def add(name, value, **_):
    values[name] = value


def add_subentry(name, value, **_):
    values[f"{name}/{len(values)}"] = value


def get_subtree(name):
    return [value for key, value in values.items() if key.startswith(name)]


def wait(name, timeout):
    until = time.monotonic() + timeout
    while name not in values and time.monotonic() < until:
        time.sleep(0.01)
    return values[name]
'''
_SYSTEM: Final = """
class ModelShardID:
    pass


class WorkerInformation:
    pass
"""
_RANKS: Final = """
get_rank = get_output_rank = lambda: 0
get_pp_size = get_tp_size = get_world_size = lambda: 1
is_output_rank = lambda: True
recv_obj_list = send_obj_list = None
"""
_GROUP: Final = """
from torch.distributed import get_rank as get_model_parallel_rank, group


def get_model_parallel_group():
    return group.WORLD


def get_model_parallel_src_rank():
    return 0
"""
_PORT: Final = """
import socket


def find_available_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
"""
_LLAMA: Final = """
from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, Field


class ToolPromptFormat(Enum):
    json = "json"
    function_tag = "function_tag"


class UserMessage(BaseModel):
    role: Literal["user"] = "user"
    content: str | list[str]


class SystemMessage(BaseModel):
    role: Literal["system"] = "system"
    content: str | list[str]


Message = Annotated[UserMessage | SystemMessage, Field(discriminator="role")]
InterleavedTextMedia = object
"""
_MODEL_PARALLEL: Final = """
initialize_model_parallel = model_parallel_is_initialized = None
"""
_INFERENCE: Final = "llama_stack/providers/impls/meta_reference/inference"

TRIPS: Final = (
    Trip(
        "llama-stack",
        "0.0.40",
        "llama_stack_generation",
        "DEALER and ROUTER over tcp; torch's launcher forks two workers; requests and results of its own classes",
        "",
        tuple(f"{_INFERENCE}/{name}.py" for name in ("parallel_utils", "model_parallel", "generation")),
        ("maybe_get_work", "start_model_parallel_process", "ModelParallelProcessGroup.run_inference"),
        {
            "fairscale/nn/model_parallel/initialize.py": _GROUP + _MODEL_PARALLEL,
            "llama_models/llama3/api/args.py": "ModelArgs = object\n",
            "llama_models/llama3/api/chat_format.py": "ChatFormat = ModelInput = object\n",
            "llama_models/llama3/api/datatypes.py": _LLAMA,
            "llama_models/llama3/api/tokenizer.py": "Tokenizer = object\n",
            "llama_models/llama3/reference_impl/model.py": "Transformer = object\n",
            "llama_models/llama3/reference_impl/multimodal/model.py": "CrossAttentionTransformer = object\n",
            "llama_models/sku_list.py": "resolve_model = None\n",
            "llama_stack/apis/inference.py": "QuantizationType = object\n",
            "llama_stack/distribution/utils/model_utils.py": "model_local_dir = None\n",
            f"{_INFERENCE}/config.py": "MetaReferenceImplConfig = object\n",
            "termcolor.py": "cprint = print\n",
        },
        "fairscale's questions for ranks and groups, the model and its settings, two of llama_models' messages",
        ("connect", "DEALER"),
        ("torch", "pydantic"),
    ),
    Trip(
        "llama-stack",
        "0.0.40",
        "llama_stack_workers",
        "DEALER and ROUTER over tcp, recv_pyobj and pickle.loads; torch's launcher forks two workers",
        "",
        ("llama_stack/providers/impls/meta_reference/inference/parallel_utils.py",),
        ("maybe_get_work", "start_model_parallel_process", "ModelParallelProcessGroup.run_inference"),
        {"fairscale/nn/model_parallel/initialize.py": _GROUP},
        "fairscale's three questions for ranks and groups, answered by torch.distributed",
        ("connect", "DEALER"),
        ("torch",),
    ),
    Trip(
        "verl",
        "0.9.1",
        "verl_nixl",
        "PUSH to an asyncio PULL over tcp, recv_pyobj; a pair (name, metadata)",
        "verl-0.9.1",
        ("verl/checkpoint_engine/nixl_checkpoint_engine.py", "verl/utils/net_utils.py"),
        ("NixlAgent.read_message",),
        {
            "cupy.py": "",
            "nixl/_api.py": _NIXL,
            "nixl/_bindings.py": "nixlXferDList = object\n",
            "ray/__init__.py": "from ray import util\n",
            "ray/util.py": "def get_node_ip_address():\n    return '127.0.0.1'\n",
            "verl/checkpoint_engine/base.py": _ENGINES,
        },
        "cupy, ray, NIXL's own agent, the base class",
        needs=("torch",),
    ),
    Trip(
        "vllm",
        "0.8.4",
        "mooncake",
        "PUSH and PULL over tcp, recv_pyobj; a pair of numbers there, an acknowledgement back",
        "vllm-0.8.4",
        ("vllm/distributed/kv_transfer/kv_pipe/mooncake_pipe.py",),
        ("MooncakeTransferEngine.wait_for_ack", "MooncakeTransferEngine.recv_bytes"),
        {
            "torch.py": _TORCH,
            "safetensors/torch.py": "load = save = None\n",
            "mooncake_vllm_adaptor.py": _MOONCAKE,
            "vllm/config.py": "class KVTransferConfig:\n    pass\n",
            "vllm/distributed/kv_transfer/kv_pipe/base.py": "class KVPipeBase:\n    pass\n",
            "vllm/logger.py": _LOGGER.format("init_logger"),
        },
        "torch, safetensors, the engine that moves buffers, the logger, types of settings",
    ),
    Trip(
        "lmdeploy",
        "0.10.0",
        "lmdeploy_rpc",
        "ROUTER and DEALER over tcp, pickle.loads in an event loop; the server is a spawned process",
        "",
        ("lmdeploy/pytorch/engine/mp_engine/zmq_rpc.py",),
        ("AsyncRPCServer.call_and_response", "AsyncRPCClient.listen"),
        {"lmdeploy/utils.py": _LOGGER.format("get_logger")},
        "the logger",
        ("connect", "DEALER"),
    ),
    Trip(
        "lmdeploy",
        "0.10.0",
        "lmdeploy_conn",
        "asyncio PUSH and PULL over tcp, recv_pyobj; a pydantic model",
        "",
        (
            "lmdeploy/pytorch/disagg/conn/engine_conn.py",
            "lmdeploy/pytorch/disagg/conn/protocol.py",
            "lmdeploy/pytorch/disagg/config.py",
        ),
        ("EngineP2PConnection.handle_zmq_recv",),
        {
            "lmdeploy/logger.py": _LOGGER.format("get_logger"),
            "lmdeploy/pytorch/engine/executor/dist_utils.py": _PORT,
        },
        "the logger, the search for a port",
        needs=("pydantic",),
    ),
    Trip(
        "lightllm",
        "fc72ffab9a34",
        "lightllm_nodes",
        "PUSH and PULL over tcp, recv_pyobj; an address, from each node to the first one",
        "",
        ("lightllm/utils/multinode_utils.py",),
        ("send_and_receive_node_ip",),
        {"lightllm/utils/log_utils.py": _LOGGER.format("init_logger")},
        "the logger",
    ),
    Trip(
        "gllm-rt",
        "0.0.6.post1",
        "gllm_comm",
        "PUSH and PULL over tcp, recv_pyobj after a poll; objects of classes without annotations",
        "",
        ("gllm/comm.py", "gllm/sequence.py", "gllm/utils"),
        ("zmqComm.recv_ipc_package", "zmqComm.recv_output"),
        {
            "gllm/dist_utils.py": _RANKS,
            "logger.py": _LOGGER.format("getLogger") + "logger = getLogger()\n",
            "tqdm.py": "",
            "transformers.py": "PreTrainedTokenizer = PreTrainedTokenizerFast = object\n",
        },
        "ranks (one worker), the logger, the progress bar, the tokenizer's type",
        needs=("torch",),
    ),
    Trip(
        "commlink",
        "0.4.2",
        "commlink_rpc",
        "REQ and REP over tcp, several frames, pickle.loads with buffers; the server is a thread",
        "commlink-0.4.2/src",
        ("commlink/serializer.py", "commlink/rpc_client.py", "commlink/rpc_server.py"),
        ("Serializer.deserialize",),
        stranger=("connect", "REQ", "rpc", "MARKER"),
    ),
    Trip(
        "python-rpc",
        "0.329.2",
        "python_rpc",
        "REQ and REP over tcp, pickle.loads; whatever a served object returns, exceptions too",
        "python-rpc-0.329.2",
        ("pyrpc",),
        ("Server.run", "Client.__getattribute__"),
    ),
    Trip(
        "realhf",
        "0.3.0",
        "realhf_stream",
        "PUSH and PULL over tcp, pickle.loads; a dataclass with a field of any kind",
        "realhf-0.3.0",
        ("realhf/system/request_reply_stream.py", "realhf/base/names.py"),
        ("NameResolvingRequestClient._poll_batch_nonblock", "NameResolvingReplyServer.poll"),
        {
            "realhf/api/core/system_api.py": _SYSTEM,
            "realhf/base/logging.py": _LOGGER.format("getLogger"),
            "realhf/base/name_resolve.py": _NAMES,
        },
        "the logger, the registry of names, two types",
    ),
    Trip(
        "easydel",
        "0.3.0",
        "easydel_control",
        "REQ and REP over tcp, recv_pyobj; dictionaries, a token in clear",
        "easydel-0.3.0",
        (
            "easydel/inference/esurge/distributed/leader_client.py",
            "easydel/inference/esurge/distributed/protocol.py",
            "easydel/inference/esurge/distributed/worker_server.py",
        ),
        ("WorkerControlServer._serve_loop", "WorkerRpcClient._request"),
    ),
)
