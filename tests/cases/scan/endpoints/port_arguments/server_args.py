"""Endpoint names are computed once from the options, into fields without defaults: ipc names, or tcp by rank."""

import dataclasses
import tempfile


@dataclasses.dataclass
class ServerArgs:
    host: str = "127.0.0.1"
    port: int = 30000
    dist_init_addr: str | None = None
    enable_dp_attention: bool = False


@dataclasses.dataclass
class PortArgs:
    tokenizer_ipc_name: str
    scheduler_input_ipc_name: str
    metrics_ipc_name: str

    @staticmethod
    def init_new(server_args: ServerArgs, rank: int = 0) -> "PortArgs":
        if not server_args.enable_dp_attention:
            return PortArgs(
                tokenizer_ipc_name=f"ipc://{tempfile.NamedTemporaryFile(delete=False).name}",
                scheduler_input_ipc_name=f"ipc://{tempfile.NamedTemporaryFile(delete=False).name}",
                metrics_ipc_name=f"ipc://{tempfile.NamedTemporaryFile(delete=False).name}",
            )
        host, port = server_args.dist_init_addr.split(":")
        base = int(port) + rank
        return PortArgs(
            tokenizer_ipc_name=f"ipc://{tempfile.NamedTemporaryFile(delete=False).name}",
            scheduler_input_ipc_name=f"tcp://{host}:{base + 1}",
            metrics_ipc_name=f"tcp://{host}:{base + 2}",
        )
