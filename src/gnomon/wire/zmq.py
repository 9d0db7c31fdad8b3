"""pyzmq's names, with the contexts of gnomon.wire: `from gnomon.wire import zmq` in place of `import zmq`.

Sockets then send and receive without pickle, in the lines that say send_pyobj and recv_pyobj. `zmq.asyncio` is there as
well. What works on raw sockets is not, and says so: docs/from-pickle.md has the list.
"""

from typing import TYPE_CHECKING

from zmq import __version__, error, pyzmq_version, pyzmq_version_info, zmq_version, zmq_version_info
from zmq.constants import *  # noqa: F403 (all of pyzmq's constants, whichever its version has)
from zmq.error import Again, ContextTerminated, ZMQBindError, ZMQError

from gnomon.wire import asyncio
from gnomon.wire.context import Context
from gnomon.wire.poller import Poller
from gnomon.wire.socket import Socket

__all__ = [  # beside the constants
    "Again",
    "Context",
    "ContextTerminated",
    "Poller",
    "Socket",
    "ZMQBindError",
    "ZMQError",
    "__version__",
    "asyncio",
    "error",
    "pyzmq_version",
    "pyzmq_version_info",
    "zmq_version",
    "zmq_version_info",
]

if not TYPE_CHECKING:  # pragma: no branch (type checkers alone go the other way)

    def __getattr__(name: str) -> object:
        raise AttributeError(
            f"gnomon.wire.zmq has no {name}: what works on raw sockets is not here; docs/from-pickle.md says what to"
            " write instead, and plain pyzmq is still there under another name: import zmq as pyzmq",
            name=name,
        )
