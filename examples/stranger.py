"""Sends a server one pickle, as anybody can who reaches it, and looks whether the call in it was made there.

usage: python stranger.py ADDRESS PID

The call is harmless: it sets the umask of the process that makes it, which Linux shows to others in /proc.
"""

import os
import pickle
import sys
from pathlib import Path

import zmq
from zmq.utils.monitor import recv_monitor_message

MARK = 0o057
WAIT_MS = 500
"""For an answer, once we are let in. A server that runs the call, or drops the message, answers at once."""
MEETING_MS = 10_000
"""For being let in or turned away: on a machine that has much to do that takes a while."""


class Marker:
    """Whoever unpickles it calls `os.umask(0o057)`."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.umask, (MARK,)


def umask_of(pid: int) -> str:
    """The process's, as /proc has it: `0022`."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(line.split()[1] for line in status.splitlines() if line.startswith("Umask:"))


def send(address: str) -> None:
    """Send the marker, and wait for whatever is answered: gnomon.wire turns strangers away."""
    context = zmq.Context()
    socket = context.socket(zmq.REQ)
    events = socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
    socket.connect(address)
    socket.send(pickle.dumps(Marker(), protocol=4))
    if events.poll(MEETING_MS) and recv_monitor_message(events)["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED:
        socket.poll(WAIT_MS)
    socket.disable_monitor()
    context.destroy(linger=0)


def main(address: str, pid: int) -> int:
    """Exit code 1 if the call was made in the server."""
    before = umask_of(pid)
    send(address)
    after = umask_of(pid)
    print(f"umask of process {pid}: {before} before, {after} after")
    print("nothing happened" if before == after else "the server made the stranger's call")
    return int(before != after)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
