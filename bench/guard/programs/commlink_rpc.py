"""commlink's RPC: REQ and REP, several frames a message, arrays beside the pickle; client here, server in a thread."""

import pickle
import socket
import sys
import threading

import marker
import talk
import zmq
from commlink.rpc_client import RPCClient, RPCException
from commlink.rpc_server import RPCServer


class Robot:
    """What is served."""

    def __init__(self) -> None:
        self.speed = 1

    def move(self, by: bytearray) -> complex:
        """Takes what travels beside the pickle, gives what needs a name."""
        return complex(len(by), self.speed)

    def fail(self) -> None:
        """Raises."""
        raise LookupError("no such joint")


def ask(client: RPCClient, number: int) -> bool:
    """Calls, an attribute, an exception."""
    client.speed = number
    try:
        client.fail()
    except RPCException as error:
        failed = error.message == "no such joint"
    else:
        failed = False
    return failed and client.move(bytearray(1000)) == complex(1000, number) and client.speed == number


def attack(port: str, flag: str, prefix: str = "") -> None:
    """Another process on the network; with a prefix, the pickle does not stand at its frame's begin."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
        dealer.connect(f"tcp://127.0.0.1:{port}")
        main = bytes.fromhex(prefix) + pickle.dumps({"req": "set", "attr": "speed", "value": marker.Marker(flag)})
        dealer.send_multipart([b"", b"rpc", main])


def main() -> None:
    """The program."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = RPCServer(Robot(), port=port)
    server.start()
    client = RPCClient("127.0.0.1", port=port)
    talk.converse(
        {"address": port},
        {
            "good": talk.counted(lambda number: ask(client, number)),
            "alive": lambda: {"alive": server.thread.is_alive(), "threads": threading.active_count()},
        },
    )
    server.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["attack"]:
        attack(*sys.argv[2:])
    else:
        main()
