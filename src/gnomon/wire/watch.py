"""One thread a context: answers libzmq's questions of who may connect, and reads what happens to connections."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from struct import Struct as Layout

import zmq

from gnomon.wire.handshake import WATCHED, Connections
from gnomon.wire.stats import Complaints
from gnomon.wire.zap import ENDPOINT, Judge, answer, refusal

CONTROL = "inproc://gnomon.wire.watch"
_EVENT = Layout("=HI")
"""Event and value, as zmq_socket_monitor(3) says. pyzmq's own reader would load asyncio."""
PULSE_S = 1
STOP_S = 5.0
"""How long the thread is waited for; it does nothing that takes so long."""


class Watch:
    """The thread and the way to hand sockets over to it. Safe to be used by several threads."""

    def __init__(
        self, context: "zmq.Context[zmq.Socket[bytes]]", judge: Judge, pulse: Callable[[], None] | None
    ) -> None:
        """`pulse` is called about once a second, if there is one."""
        self._context = context
        self._judge = judge
        self._pulse = pulse
        self._complaints = Complaints()
        self._lock = threading.Lock()
        self._handed: deque[tuple[zmq.Socket[bytes], Connections]] = deque()
        self._left: dict[Connections, zmq.Socket[bytes]] = {}
        """Monitors of sockets that are open after the thread has ended."""
        self._number = 0
        # Bound here, so that no connection can come before somebody answers for it.
        self._zap = context.socket(zmq.REP)
        self._zap.bind(ENDPOINT)
        self._wakes = context.socket(zmq.PULL)
        self._wakes.bind(CONTROL)
        self._wake = context.socket(zmq.PUSH)
        self._wake.connect(CONTROL)
        self._thread = threading.Thread(target=self._run, name="gnomon.wire", daemon=True)
        self._thread.start()

    def add(self, raw: "zmq.Socket[bytes]", connections: Connections) -> None:
        """Watch the connections of a socket that is about to bind or connect, until its monitor is switched off."""
        with self._lock:
            self._number += 1
            endpoint = f"inproc://gnomon.wire.monitor-{self._number}"
            raw.monitor(endpoint, WATCHED)
            monitor = self._context.socket(zmq.PAIR)
            monitor.linger = 0
            monitor.rcvhwm = 0  # libzmq waits for room in it, also in its own threads
            monitor.connect(endpoint)
            self._handed.append((monitor, connections))
            self._wake.send(b"look")

    def release(self, connections: Connections) -> None:
        """Watch them no more: their socket is closed. Until then libzmq would wait for somebody to take its events."""
        with self._lock:
            connections.released = True
            if monitor := self._left.pop(connections, None):
                monitor.close()

    def stop(self) -> None:
        """End the thread and close its sockets: `term` of the context would wait for them."""
        with self._lock:
            if not self._wake.closed:
                with contextlib.suppress(zmq.ContextTerminated):  # then the thread ends by itself
                    self._wake.send(b"")
                self._wake.close(linger=0)
        if threading.current_thread() is not self._thread:
            self._thread.join(STOP_S)

    def _run(self) -> None:
        poller = zmq.Poller()
        poller.register(self._wakes, zmq.POLLIN)
        poller.register(self._zap, zmq.POLLIN)
        monitors: dict[zmq.Socket[bytes], Connections] = {}
        terminated = False
        try:
            due = time.monotonic() + PULSE_S
            while True:
                if self._pulse is not None and time.monotonic() >= due:
                    self._pulse()
                    due = time.monotonic() + PULSE_S
                for socket, _ in poller.poll(None if self._pulse is None else PULSE_S * 1000):
                    if socket is self._zap:
                        self._answer()
                    elif socket is self._wakes:
                        if not self._wakes.recv():
                            return
                        self._take_over(poller, monitors)
                    else:
                        self._read(poller, monitors, socket)
        except zmq.ContextTerminated:
            terminated = True
        finally:
            for socket in (self._zap, self._wakes):
                socket.close(linger=0)
            with self._lock:
                for monitor, connections in (*monitors.items(), *self._handed):
                    connections.lost()
                    if connections.released or terminated:
                        monitor.close()
                    else:
                        self._left[connections] = monitor

    def _answer(self) -> None:
        request = self._zap.recv_multipart()
        reply = answer(request, self._judge)
        self._zap.send_multipart(reply)
        if problem := refusal(request, reply):
            self._complaints.say(problem)

    def _take_over(self, poller: zmq.Poller, monitors: "dict[zmq.Socket[bytes], Connections]") -> None:
        while self._handed:
            monitor, connections = self._handed.popleft()
            monitors[monitor] = connections
            poller.register(monitor, zmq.POLLIN)

    def _read(
        self, poller: zmq.Poller, monitors: "dict[zmq.Socket[bytes], Connections]", monitor: "zmq.Socket[bytes]"
    ) -> None:
        what, endpoint = monitor.recv_multipart()
        event, value = _EVENT.unpack(what)
        if event == zmq.EVENT_MONITOR_STOPPED:
            poller.unregister(monitor)
            del monitors[monitor]
            monitor.close()
            return
        monitors[monitor].note(event, value, endpoint.decode("utf-8", "replace"), time.monotonic())
