"""Measure what the transport shield costs, and try it on LMDeploy's own RPC, unmodified.

usage: python bench/guard/sockets/shield.py [--rounds N] [--share F] [--json OUT]

LMDeploy 0.9.2 is downloaded from PyPI for one module of it, which is loaded alone.
"""

import argparse
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq

from bench.archives import Archive, archive_path, default_cache
from bench.guard import shield_results
from bench.guard.shield_programs import LOGGER, MARKER, PULL, PUSH, RPC_CLIENT, RPC_SERVER, STRANGER
from bench.guard.shield_results import Ratio, Run, Seen
from bench.machine import this_machine
from gnomon.wire.key_files import save_key
from gnomon.wire.keys import Key
from tests.guard.sockets.shield.programs import Stage

LMDEPLOY = Archive(
    "lmdeploy",
    "lmdeploy-0.9.2-cp311-cp311-manylinux2014_x86_64.whl",
    "36685a948ff3756ef38f1192e774c2c1d01e96887880e36da8f054b57e486574",
)
MODULE = "lmdeploy/pytorch/engine/mp_engine/zmq_rpc.py"
NARROW = {"tcp://*": "tcp://127.0.0.1"}
MESSAGES = {"PUSH/PULL, 100 bytes": (100, 100_000), "PUSH/PULL, 1 MB": (1_000_000, 700)}
"""Name: bytes, messages a round."""
CALLS = 1_000


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    load = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_key(Key.new(), folder / "keys")
        _unpack(folder / "site")
        stage = Stage(folder)
        try:
            run = Run(
                machine=this_machine(),
                versions={"pyzmq": version("pyzmq"), "libzmq": zmq.zmq_version(), "LMDeploy": "0.9.2"},
                load=load,
                ratios=tuple(_ratios(stage, folder, given)),
                seen=tuple(_seen(stage, folder)),
            )
        finally:
            stage.end()
    if given.json:
        shield_results.write(run, given.json)
    return 0


def _unpack(site: Path) -> None:
    """The one module as it was published, and the little that it imports."""
    path = site / MODULE
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive_path(LMDEPLOY, default_cache())) as wheel:
        path.write_bytes(wheel.read(MODULE))
    (site / "lmdeploy" / "utils.py").write_text(LOGGER, encoding="utf-8")
    (site / "marker.py").write_text(MARKER, encoding="utf-8")


def _ratios(stage: Stage, folder: Path, given: argparse.Namespace) -> Iterator[Ratio]:
    for what, (size, usual) in MESSAGES.items():
        count = max(int(usual * given.share), 10)
        yield _ratio(
            what, folder, given.rounds, lambda keys, size=size, count=count: _messages(stage, keys, size, count)
        )
    count = max(int(CALLS * given.share), 10)
    yield _ratio("calls of LMDeploy's RPC", folder, given.rounds, lambda keys: _calls(stage, folder, keys, count))


def _ratio(what: str, folder: Path, rounds: int, seconds: Callable[[Path | None], float]) -> Ratio:
    """Without and with the shield in each round, in turns first: what else the machine does hits both."""
    found = []
    for number in range(rounds):
        ways = (None, folder / "keys")
        taken = {keys: seconds(keys) for keys in (ways if number % 2 else reversed(ways))}
        found.append(round(taken[None] / taken[folder / "keys"], 3))
    ratio = Ratio(what=what, rounds=tuple(found))
    print(f"{what:26}{ratio.median:6.2f} {ratio.rounds}", flush=True)
    return ratio


def _messages(stage: Stage, keys: Path | None, size: int, count: int) -> float:
    """Seconds that the receiver took, from the first message to the last."""
    pull = stage.start(PULL, count, keys=keys)
    push = stage.start(PUSH, pull.line(), count, size, keys=keys)
    seconds = float(pull.line())
    push.output()
    pull.output()
    return seconds


def _calls(stage: Stage, folder: Path, keys: Path | None, count: int) -> float:
    """Seconds that the client took, one call after the other."""
    server = stage.start(RPC_SERVER, folder / "site", keys=keys, narrow=NARROW)
    client = stage.start(RPC_CLIENT, folder / "site", server.line(), count, keys=keys)
    seconds = float(client.line())
    client.output()
    server.output()
    return seconds


def _seen(stage: Stage, folder: Path) -> Iterator[Seen]:
    save_key(Key.new(), folder / "other-keys")
    kinds = {"without a key": None, "with another key": folder / "other-keys", "with the key": folder / "keys"}
    for shielded in (False, True):
        keys = folder / "keys" if shielded else None
        for sender, shown in kinds.items() if shielded else (("without a key", None),):
            server = stage.start(RPC_SERVER, folder / "site", keys=keys, narrow=NARROW)
            port = server.line()
            stage.start(STRANGER, folder / "site", port, keys=shown).output()
            client = stage.start(RPC_CLIENT, folder / "site", port, 10, keys=keys)
            client.line()
            found = Seen(
                server="shielded" if shielded else "plain",
                sender=f"a client {sender}",
                is_marker_run=client.line() == "True",
                is_serving=client.output() == "" and server.output() == "",
            )
            print(found, flush=True)
            yield found


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of messages and calls")
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
