"""A process with sockets of one libzmq, old or new, called by its C interface: a program of its own.

usage: python peer.py LIBRARY '{"sockets": [{"kind": "PULL", "bind": "tcp://…", "mechanism": "NULL", "identity": ""}]}'
       python peer.py LIBRARY '{"send": {"kind": "PUSH", "bind"|"connect": "…", "messages": 2000, "each_s": 0.001}}'
       python peer.py LIBRARY '{"receive": {"kind": "PULL", "bind"|"connect": "…", "patience_s": 2}}'

The first prints a line when its sockets are bound, and ends with its input. The second begins when a line comes in, and
prints how many were sent; the third prints what arrived, when `done` comes in and then nothing more does for a while.
"""

import ctypes
import json
import sys
import threading
import time
from typing import Any

KINDS = {
    name: at
    for at, name in enumerate(("PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB"))
}
Wanted = dict[str, Any]
IDENTITY, SUBSCRIBE, LINGER, RCVTIMEO, SNDTIMEO, IPV4ONLY = 5, 6, 17, 27, 28, 31
PLAIN_SERVER, CURVE_SERVER, CURVE_SECRETKEY, ZAP_DOMAIN, SNDHWM, RCVHWM = 44, 47, 49, 55, 23, 24
NOBLOCK = 1
SECRET = b"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
POLLIN = 1


class Item(ctypes.Structure):
    """zmq_pollitem_t."""

    _fields_ = [
        ("socket", ctypes.c_void_p),
        ("fd", ctypes.c_int),
        ("events", ctypes.c_short),
        ("revents", ctypes.c_short),
    ]


class Zmq:
    """The few calls that are needed, by the interface of 2.x or of later ones."""

    def __init__(self, path: str) -> None:
        self._c = ctypes.CDLL(path, mode=ctypes.RTLD_LAZY if hasattr(ctypes, "RTLD_LAZY") else 1, use_errno=True)
        numbers = [ctypes.c_int() for _ in range(3)]
        self._c.zmq_version(*map(ctypes.byref, numbers))
        self.version = tuple(number.value for number in numbers)
        for name in ("zmq_init", "zmq_socket"):
            getattr(self._c, name).restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self._c.zmq_init(1))

    def socket(self, kind: str) -> ctypes.c_void_p:
        """A socket of that kind."""
        return ctypes.c_void_p(self._c.zmq_socket(self.context, KINDS[kind]))

    def set(self, socket: ctypes.c_void_p, option: int, value: int | bytes) -> None:
        """Sets an option. Raises OSError if this libzmq does not have it."""
        data = ctypes.c_int(value) if isinstance(value, int) else ctypes.create_string_buffer(value, len(value))
        if self._c.zmq_setsockopt(socket, option, ctypes.byref(data), ctypes.c_size_t(ctypes.sizeof(data))):
            raise OSError(ctypes.get_errno(), f"option {option}")

    def call(self, name: str, socket: ctypes.c_void_p, address: str) -> None:
        """zmq_bind or zmq_connect. Raises OSError."""
        if getattr(self._c, name)(socket, address.encode()):
            raise OSError(ctypes.get_errno(), f"{name} {address}")

    def poll(self, socket: ctypes.c_void_p, timeout_ms: int) -> bool:
        """True if there is something to receive."""
        items = (Item * 1)(Item(socket, 0, POLLIN, 0))
        unit = 1000 if self.version[0] == 2 else 1  # microseconds until 2.x
        return self._c.zmq_poll(items, 1, ctypes.c_long(timeout_ms * unit)) > 0

    def send(self, socket: ctypes.c_void_p, data: bytes, *, more: bool = False) -> bool:
        """Sends a frame."""
        if self.version[0] > 2:
            return self._c.zmq_send(socket, data, ctypes.c_size_t(len(data)), 2 if more else 0) >= 0
        message = ctypes.create_string_buffer(64)
        self._c.zmq_msg_init_size(message, ctypes.c_size_t(len(data)))
        self._c.zmq_msg_data.restype = ctypes.c_void_p
        ctypes.memmove(self._c.zmq_msg_data(message), data, len(data))
        return self._c.zmq_send(socket, message, 2 if more else 0) == 0

    def receive(self, socket: ctypes.c_void_p) -> bytes | None:
        """One frame, or None if there is none now."""
        if self.version[0] > 2:
            data = ctypes.create_string_buffer(4096)
            size = self._c.zmq_recv(socket, data, ctypes.c_size_t(4096), NOBLOCK)
            return data.raw[: min(size, 4096)] if size >= 0 else None
        message = ctypes.create_string_buffer(64)
        self._c.zmq_msg_init(message)
        if self._c.zmq_recv(socket, message, NOBLOCK):
            return None
        self._c.zmq_msg_data.restype = ctypes.c_void_p
        self._c.zmq_msg_size.restype = ctypes.c_size_t
        data = ctypes.string_at(self._c.zmq_msg_data(message), self._c.zmq_msg_size(message))
        self._c.zmq_msg_close(message)
        return data


def prepared(zmq: Zmq, wanted: Wanted) -> ctypes.c_void_p:
    """A socket with its options, bound or connected."""
    socket = zmq.socket(wanted["kind"])
    zmq.set(socket, LINGER, 0)
    mechanism = wanted.get("mechanism", "NULL")
    if wanted.get("identity"):
        zmq.set(socket, IDENTITY, wanted["identity"].encode())
    if mechanism == "PLAIN":
        zmq.set(socket, PLAIN_SERVER, 1)
    elif mechanism == "CURVE":
        zmq.set(socket, CURVE_SERVER, 1)
        zmq.set(socket, CURVE_SECRETKEY, SECRET)
    elif mechanism == "ZAP":
        zmq.set(socket, ZAP_DOMAIN, b"none")
    if wanted["kind"] == "SUB":
        zmq.set(socket, SUBSCRIBE, b"")
    for way in ("bind", "connect"):
        if way in wanted:
            zmq.call(f"zmq_{way}", socket, wanted[way])
    return socket


def deny(zmq: Zmq, socket: ctypes.c_void_p) -> None:
    """Answers every request of ZAP with 400 (https://rfc.zeromq.org/spec/27/)."""
    while True:
        if not zmq.poll(socket, 1000):
            continue
        frames = []
        while (frame := zmq.receive(socket)) is not None:
            frames.append(frame)
        if len(frames) > 1:
            for answer in (frames[0], frames[1], b"400", b"no", b""):
                zmq.send(socket, answer, more=True)
            zmq.send(socket, b"")


def hold(zmq: Zmq, sockets: list[Wanted]) -> None:
    """Sockets that are there until the input ends."""
    if any(wanted.get("mechanism") == "ZAP" for wanted in sockets):
        handler = zmq.socket("REP")
        zmq.call("zmq_bind", handler, "inproc://zeromq.zap.01")
        threading.Thread(target=deny, args=(zmq, handler), daemon=True).start()
    made, failed = [], {}
    for wanted in sockets:
        try:
            made.append(prepared(zmq, wanted))
        except OSError as error:
            failed[wanted["bind"]] = str(error)
    print(json.dumps({"version": ".".join(map(str, zmq.version)), "failed": failed}), flush=True)
    sys.stdin.read()


def send(zmq: Zmq, wanted: Wanted) -> None:
    """Numbered messages, one at a time; REQ and PAIR like the others, but REQ waits for each answer."""
    socket = prepared(zmq, wanted)
    print("bound", flush=True)
    sys.stdin.readline()
    for number in range(wanted["messages"]):
        if wanted["kind"] == "ROUTER":
            zmq.send(socket, b"receiver", more=True)
        zmq.send(socket, b"gnomon %d" % number)
        if wanted["kind"] == "REQ":
            while not zmq.poll(socket, 1000):
                pass
            zmq.receive(socket)
        time.sleep(wanted["each_s"])
    print(wanted["messages"], flush=True)
    sys.stdin.read()


def receive(zmq: Zmq, wanted: Wanted) -> None:
    """Counts what arrives, by number, and what is no such message."""
    socket = prepared(zmq, wanted)
    print("bound", flush=True)
    seen, junk, told = set(), [], threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), told.set()), daemon=True).start()
    while zmq.poll(socket, 300) or not told.is_set():
        frames = []
        while (frame := zmq.receive(socket)) is not None:
            if (
                wanted["kind"] in ("ROUTER", "REP")
                and not frame.startswith(b"gnomon ")
                and (frame == b"sender" or not frame)
            ):
                continue  # the envelope
            frames.append(frame)
        for frame in frames:
            if frame.startswith(b"gnomon "):
                seen.add(int(frame[7:]))
            else:
                junk.append(frame[:32].hex())
        if frames and wanted["kind"] == "REP":
            zmq.send(socket, b"ok")
    print(json.dumps({"received": len(seen), "junk": junk[:20], "junk_count": len(junk)}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    [(doing, what)] = json.loads(sys.argv[2]).items()
    {"sockets": hold, "send": send, "receive": receive}[doing](Zmq(sys.argv[1]), what)
