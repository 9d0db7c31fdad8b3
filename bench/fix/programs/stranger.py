"""Somebody without a key: a plain socket that sends the marker, pickled, to whoever is at the other end.

usage: python stranger.py FLAG (bind|connect) TYPE ADDRESS [FRAME …]

A frame is text, or the word MARKER; without frames the marker is all that is sent. Ends with its standard input.
"""

import pickle
import sys
import threading

import marker
import zmq

LINGER_MS = 500


def main(flag: str, way: str, kind: str, address: str, *frames: str) -> None:
    """Send until the bench has seen enough."""
    marked = pickle.dumps(marker.Marker(flag))
    message = [marked if frame == "MARKER" else frame.encode() for frame in frames or ("MARKER",)]
    over = threading.Event()
    with zmq.Context() as context, context.socket(getattr(zmq, kind)) as socket:
        socket.linger = LINGER_MS
        (socket.bind if way == "bind" else socket.connect)(address)
        threading.Thread(target=_read, args=(over,), daemon=True).start()
        print("@{}", flush=True)
        while not over.is_set():
            if socket.poll(100, zmq.POLLOUT):
                socket.send_multipart(message)
                over.wait()


def _read(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
