"""A survey's targets, put to a cluster: the same function, in the hands of workers elsewhere."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from gnomon.cli.examining import tools, warm_up
from gnomon.core.survey import Instructions
from gnomon.io.cluster import Work, connect
from gnomon.io.cluster_node import Limits
from gnomon.render.document import packed

if TYPE_CHECKING:
    from gnomon.io.cluster import Cluster


def ready(instructions: bytes) -> bytes:
    """On a worker: loads what every target needs. Msgpack of the worker's `Tools`."""
    warm_up(instructions)
    return packed(tools())


def cluster(
    address: str, asked: Instructions, limits: Limits, *, paths: bool, open_to_all: bool = False
) -> "Cluster":
    """The workers of the cluster at `address`. Raises what `connect` raises.

    `paths`: there are targets that are folders or archives, which have to lie in the same folder on every node.
    """
    work = Work(
        ready=partial(ready, msgspec.msgpack.encode(asked)),
        tools=asked.tools,
        limits=limits,
        folder=asked.folder if paths else "",
    )
    return connect(address, work, open_to_all=open_to_all)
