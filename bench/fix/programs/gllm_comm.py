"""gLLM's zmqComm: a front-end and a worker of rank 0, in one process, as they talk in launch mode master."""

import time

import ports
import talk
from gllm.comm import IPCPackage, zmqComm
from gllm.sequence import Sequence

WAIT_S = 5


def comm(schedule: str, output: str, *, frontend: bool) -> zmqComm:
    """One end."""
    made = zmqComm("127.0.0.1", ports.free(4), "master", "127.0.0.1", schedule, output, "", frontend)
    made.init()
    return made


def received(receive: object) -> object:
    """What a call that never waits returns at last."""
    ends = time.monotonic() + WAIT_S
    while (got := receive()) is None and time.monotonic() < ends:
        time.sleep(0.005)
    return got


def main() -> None:
    """The program."""
    first = ports.free(2)
    schedule, output = (f"tcp://127.0.0.1:{port}" for port in (first, first + 1))
    worker = comm(schedule, output, frontend=False)
    front = comm(schedule, output, frontend=True)

    def ask(number: int) -> bool:
        package = IPCPackage([Sequence(number, [number, 1, 2], [0])])
        package.abort_ids = [number + 1]
        front.send_ipc_package(package)
        got = received(worker.recv_ipc_package)
        answer = IPCPackage([])
        answer.free_ids, answer.next_tokens = [number], [7, 8]
        worker.send_output(answer)
        back = received(front.recv_output)
        return (
            [each.token_ids for each in got.schedule_lists] == [[number, 1, 2]]
            and got.abort_ids == [number + 1]
            and (back.free_ids, back.next_tokens) == ([number], [7, 8])
        )

    talk.converse(
        {"stranger": ["connect", "PUSH", schedule], "receives": True},
        {"good": talk.counted(ask), "receive": lambda: {"got": repr(received(worker.recv_ipc_package))}},
    )


if __name__ == "__main__":
    main()
