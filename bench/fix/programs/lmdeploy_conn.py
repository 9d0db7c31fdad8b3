"""LMDeploy's connection between engines: two of them in one process, each tells the other what it may free."""

import asyncio
from types import SimpleNamespace

import ports
import talk
from lmdeploy.pytorch.disagg.conn.engine_conn import EngineP2PConnection
from lmdeploy.pytorch.disagg.conn.protocol import (
    DistServeConnectionRequest,
    DistServeEngineEndpointInfo,
    MigrationProtocol,
)

WAIT_S = 3


class Scheduler:
    """What notes which sessions were ended."""

    def __init__(self) -> None:
        self.sessions = dict.fromkeys(range(1000))
        self.ended: list[int] = []

    def end_session(self, session_id: int) -> None:
        """As the engine's scheduler."""
        self.ended.append(session_id)


class End:
    """One engine's end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scheduler = Scheduler()
        executor = SimpleNamespace(p2p_initialize=lambda _: [], p2p_connect=lambda **_: None)
        self.connection = EngineP2PConnection(SimpleNamespace(scheduler=self.scheduler, executor=executor))

    async def open(self, other: str) -> str:
        """The address that the other one connects to."""
        request = SimpleNamespace(local_engine_id="http://127.0.0.1:1", remote_engine_id=other)
        answer = await self.connection.p2p_initialize(request)
        return answer.engine_endpoint_info.zmq_address

    def connect(self, other: str, address: str) -> None:
        """Connect to it, and listen."""
        self.connection.p2p_connect(
            DistServeConnectionRequest(
                protocol=MigrationProtocol.RDMA,
                remote_engine_id=other,
                remote_engine_endpoint_info=DistServeEngineEndpointInfo(zmq_address=address),
                remote_kvtransfer_endpoint_info=[],
            )
        )


async def paired() -> tuple[End, End, str]:
    """Two ends that are connected, and where the first one also listens to a third that is a stranger's."""
    one, two = End("one"), End("two")
    addresses = await one.open("two"), await two.open("one")
    one.connect("two", addresses[1])
    two.connect("one", addresses[0])
    stranger = f"tcp://127.0.0.1:{ports.free()}"
    await one.open("three")
    one.connect("three", stranger)
    return one, two, stranger


async def free(sender: End, receiver: End, session: int) -> bool:
    """True if the session ends at the receiver."""
    await sender.connection.zmq_send(receiver.name, session)
    for _ in range(int(WAIT_S / 0.01)):
        if session in receiver.scheduler.ended:
            return True
        await asyncio.sleep(0.01)
    return False


async def both(one: End, two: End, number: int) -> bool:
    """There and back."""
    return await free(one, two, number) and await free(two, one, number)


def main() -> None:
    """The program."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    one, two, stranger = loop.run_until_complete(paired())
    numbers = iter(range(1000))
    talk.converse(
        {"stranger": ["bind", "PUSH", stranger], "receives": True},
        {
            "good": talk.counted(lambda _: loop.run_until_complete(both(one, two, next(numbers)))),
            "receive": lambda: loop.run_until_complete(asyncio.sleep(WAIT_S / 2)) or {},
        },
    )


if __name__ == "__main__":
    main()
