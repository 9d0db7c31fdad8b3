"""Match, try, with, for/else, while/else, chained and augmented assignment, del, global, star targets."""

import contextlib
import pickle

import zmq


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.ROUTER)
        self.sock.bind("tcp://*:8901")

    def by_match(self):
        match self.sock.recv_multipart():
            case [identity, b"", body]:
                return identity, pickle.loads(body)  # finding: pickle-over-network any-host critical
            case [identity, *rest]:
                return identity, [pickle.loads(part) for part in rest]  # finding: pickle-over-network any-host critical

    def by_try(self):
        try:
            data = self.sock.recv(zmq.NOBLOCK)
        except zmq.Again:
            data = None
        finally:
            print("polled")
        if data:
            return pickle.loads(data)  # finding: pickle-over-network any-host critical

    def by_chain(self):
        first = second = self.sock.recv()
        (a, b), *rest = (self.sock.recv_multipart(), second), first
        with contextlib.suppress(ValueError):
            return pickle.loads(first), pickle.loads(b), pickle.loads(a[0])  # finding: pickle-over-network any-host critical
        return rest

    def by_accumulation(self):
        body = b""
        for _ in range(3):
            body += self.sock.recv()
        else:
            return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def by_container(self):
        message = {}
        message["header"], message["body"] = self.sock.recv_multipart()
        record = {"payload": message["body"], "size": 0}
        record.update(extra=self.sock.recv())
        parts = list(record.values())
        parts.extend(self.sock.recv_multipart())
        yield pickle.loads(record["payload"])  # finding: pickle-over-network any-host critical
        yield pickle.loads(parts[-1])  # finding: pickle-over-network any-host critical
