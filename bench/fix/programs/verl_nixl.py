"""verl's NIXL agents: two in one process; each pushes the metadata of a bucket to the other."""

import asyncio

import talk
from verl.checkpoint_engine.nixl_checkpoint_engine import NixlAgent


def main() -> None:
    """The program."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    one, two = NixlAgent(), NixlAgent()
    one.add_remote_agent(two.get_agent_metadata())
    two.add_remote_agent(one.get_agent_metadata())

    async def there(sender: NixlAgent, receiver: NixlAgent, number: int) -> bool:
        metadata = {"notify_key": b"key", "bucket": number, "is_last": False, "names": ["weight", "bias"]}
        sender.send_message(receiver.agent_name, metadata)
        return await asyncio.wait_for(receiver.read_message(sender.agent_name), 3) == metadata

    async def both(number: int) -> bool:
        return await there(one, two, number) and await there(two, one, number)

    async def receive() -> dict[str, str]:
        return {"got": repr(await asyncio.wait_for(one.read_message("nobody"), 3))}

    talk.converse(
        {"stranger": ["connect", "PUSH", f"tcp://127.0.0.1:{one.listen_port}"], "receives": True},
        {
            "good": talk.counted(lambda number: loop.run_until_complete(both(number))),
            "receive": lambda: loop.run_until_complete(receive()),
        },
    )


if __name__ == "__main__":
    main()
