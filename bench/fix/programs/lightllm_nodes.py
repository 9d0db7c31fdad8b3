"""LightLLM's start on several machines: the nodes push their addresses to the first one, a PULL socket each."""

import threading
from argparse import Namespace

import ports
import talk
from lightllm.utils.multinode_utils import send_and_receive_node_ip

NODES = 3
OFFSET = 100
"""What the module adds to its port, beside the number of the node."""
WAIT_S = 4


def settings(base: int, rank: int) -> Namespace:
    """What the command line of one node says."""
    return Namespace(dp=1, nnodes=NODES, node_rank=rank, nccl_host="127.0.0.1", multinode_httpmanager_port=base)


def first_node(base: int) -> tuple[Namespace, threading.Thread]:
    """The node that waits for the others."""
    arguments = settings(base, 0)
    thread = threading.Thread(target=send_and_receive_node_ip, args=(arguments,), daemon=True)
    thread.start()
    return arguments, thread


def main() -> None:
    """The program."""
    attacked = ports.free(NODES)

    def ask(_number: int) -> bool:
        base = ports.free(NODES) - OFFSET - 1
        first, waiting = first_node(base)
        for rank in range(1, NODES):
            send_and_receive_node_ip(settings(base, rank))
        waiting.join(WAIT_S)
        return [address.count(".") for address in first.child_ips] == [3] * (NODES - 1)

    def receive() -> dict[str, str]:
        first, waiting = first_node(attacked - OFFSET - 1)
        waiting.join(WAIT_S)
        return {"got": repr(first.child_ips)}

    talk.converse(
        {"stranger": ["connect", "PUSH", f"tcp://127.0.0.1:{attacked}"], "receives": True},
        {"good": talk.counted(ask), "receive": receive},
        deadline_s=4 * WAIT_S,
    )


if __name__ == "__main__":
    main()
