"""EasyDeL's control plane: a leader's client and a worker's server, both in this process."""

import ports
import talk
from easydel.inference.esurge.distributed.leader_client import WorkerRpcClient
from easydel.inference.esurge.distributed.worker_server import WorkerControlServer


def step(scheduler_output: dict[str, list[int]]) -> dict[str, object]:
    """A model of no weights."""
    return {"req_ids": list(scheduler_output), "sampled_token_ids": list(scheduler_output.values())}


def main() -> None:
    """The program."""
    port = ports.free()
    server = WorkerControlServer(
        bind_host="127.0.0.1",
        port=port,
        auth_token="token",  # noqa: S106 (the module sends it in clear)
        rank=1,
        world_size=2,
        config_fingerprint="same",
        execute_step=step,
    )
    server.start()
    address = f"tcp://127.0.0.1:{port}"
    client = WorkerRpcClient(
        endpoint=address,
        auth_token="token",  # noqa: S106
        connect_timeout_s=5,
        step_timeout_s=5,
    )

    def ask(number: int) -> bool:
        hello = client.hello()
        client.begin_step(step_id=number, scheduler_output={"first": [number, 1]})
        done = client.finish_step()
        return (hello["rank"], hello["config_fingerprint"]) == (1, "same") and (
            done["status"],
            done["step_id"],
            done["num_reqs"],
        ) == ("ok", number, 1)

    talk.converse({"stranger": ["connect", "REQ", address]}, {"good": talk.counted(ask)})
    server.stop()


if __name__ == "__main__":
    main()
