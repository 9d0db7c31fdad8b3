"""The programs of the bench: which unmodified files of which releases they run, and what stands in for the rest."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from bench.archives import Archive

_LOGGER: Final = "from logging import getLogger as get_logger\n"


class Attack(NamedTuple):
    """A way in for the marker, and what the site's outcome is set to; empty: as it was learned."""

    outcome: str = ""
    arguments: tuple[str, ...] = ()
    """Of the program's `attack`, after port and flag."""
    says: str = ""


class Case(NamedTuple):
    """One program."""

    name: str
    program: str
    way: str
    """How its messages travel, and what loads them."""
    archive: Archive | None = None
    """None: the module is the standard library's or is installed."""
    files: Mapping[str, str] = MappingProxyType({})
    """Member of the archive, or a folder of it, and its path below the folder that the program runs in."""
    stubs: Mapping[str, str] = MappingProxyType({})
    stubbed: str = ""
    """What the stubs stand for, and why that has nothing to do with messages."""
    attacks: tuple[Attack, ...] = (Attack(),)
    inside: bool = False
    """True: the marker is a worker's result, not another process's message."""
    needs: str = ""
    """A module that the program's Python must have."""
    accepted: tuple[str, ...] = ()
    """Names known to run code that the program can't do without."""


CASES: Final = (
    Case(
        "LMDeploy 0.9.2, engine RPC",
        "lmdeploy_rpc.py",
        "ROUTER/DEALER over tcp, pickle.loads in an event loop; the server is a spawned process",
        Archive(
            "lmdeploy",
            "lmdeploy-0.9.2-cp312-cp312-win_amd64.whl",
            "8d4c2604deda7226977d544340a9590e26beeb84b05063e50580bf8cb91f5f3c",
        ),
        {"lmdeploy/pytorch/engine/mp_engine/zmq_rpc.py": "lmdeploy/pytorch/engine/mp_engine/zmq_rpc.py"},
        {"lmdeploy/utils.py": _LOGGER},
        "the logger",
        (Attack(), Attack("raise")),
    ),
    Case(
        "commlink 0.4.2, RPC",
        "commlink_rpc.py",
        "REQ/REP over tcp, several frames, pickle.loads with buffers; the server is a thread",
        Archive(
            "commlink",
            "commlink-0.4.2.tar.gz",
            "68ac64abfea8eb3bdc844beaff0eb278b9920df48f9fa2f80b6a3581719c1312",
        ),
        {
            f"commlink-0.4.2/src/commlink/{name}.py": f"commlink/{name}.py"
            for name in ("serializer", "rpc_client", "rpc_server")
        },
        {},
        "",
        (Attack(), Attack("raise"), Attack("", ("01",), "the pickle does not stand at its frame's begin")),
    ),
)
