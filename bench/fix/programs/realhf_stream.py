"""ReaLHF's request-reply stream: the master and one worker, each in a thread of this process."""

import threading

import talk
from realhf.system.request_reply_stream import NameResolvingReplyServer, NameResolvingRequestClient, Payload


def main() -> None:
    """The program."""
    masters: list[NameResolvingRequestClient] = []
    routing = {"actor": 0}
    starting = threading.Thread(
        target=lambda: masters.append(NameResolvingRequestClient("experiment", "trial", 1, routing)), daemon=True
    )
    starting.start()
    worker = NameResolvingReplyServer("experiment", "trial", 0)
    starting.join(20)
    [master] = masters

    def ask(number: int) -> bool:
        asked = Payload(handler="actor", handle_name="generate", data={"tokens": [number, 1]}, pre_hooks=["offload"])
        master.post(asked)
        got = worker.poll(block=True)
        worker.post(Payload(handler="master", handle_name=got.handle_name, request_id=got.request_id, data=number + 1))
        answer = master.poll(block=True)
        return (
            got.data == {"tokens": [number, 1]}
            and got.pre_hooks == ["offload"]
            and (answer.request_id, answer.data) == (asked.request_id, number + 1)
        )

    talk.converse(
        {"stranger": ["connect", "PUSH", f"tcp://{master.recv_address}"], "receives": True},
        {"good": talk.counted(ask), "receive": lambda: {"got": repr(master.poll(block=True))}},
    )


if __name__ == "__main__":
    main()
