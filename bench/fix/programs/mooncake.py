"""vLLM's Mooncake pipe: a prefill and a decode engine in one process; PUSH and PULL both ways."""

import json
import os
from pathlib import Path

import ports
import talk
from vllm.distributed.kv_transfer.kv_pipe.mooncake_pipe import MooncakeTransferEngine

LOCAL_RANK = 0


def engine(folder: Path, kv_rank: int, prefill: int, decode: int) -> MooncakeTransferEngine:
    """One end, configured as the module wants it."""
    file = folder / f"mooncake-{prefill}-{decode}.json"
    config = {"prefill_url": f"127.0.0.1:{prefill}", "decode_url": f"127.0.0.1:{decode}", "metadata_server": "none"}
    file.write_text(json.dumps(config), encoding="utf-8")
    os.environ["MOONCAKE_CONFIG_PATH"] = str(file)
    return MooncakeTransferEngine(kv_rank, LOCAL_RANK)


def main() -> None:
    """The program."""
    folder, first = Path.cwd(), ports.free(80)
    prefill = engine(folder, 0, first, first + 20)
    decode = engine(folder, 1, first, first + 20)
    # A third one takes somebody else for its prefill: the one that listens at the stranger's address.
    taken = engine(folder, 1, first + 40, first + 60)

    def ask(number: int) -> bool:
        there, back = b"there %d" % number, b"back %d" % number
        prefill.send_bytes(there)
        decode.send_bytes(back)
        return decode.recv_bytes() == there and prefill.recv_bytes() == back

    def receive() -> dict[str, str]:
        return {"got": repr(taken.recv_bytes())}

    talk.converse(
        {"stranger": ["bind", "PUSH", f"tcp://127.0.0.1:{first + 40 + 8 + 1}"], "receives": True},
        {"good": talk.counted(ask), "receive": receive},
    )
    os._exit(0)  # the module's own threads wait for acknowledgements that never come


if __name__ == "__main__":
    main()
