"""A framework constructs the record from a dictionary; the address is put into it under the field's name."""

from dataclasses import dataclass

import zmq


@dataclass
class UpdateInfo:
    weight_handle: str | None = None


class Receiver:
    def receive(self, info: UpdateInfo):
        socket = zmq.Context.instance().socket(zmq.REP)
        socket.connect(info.weight_handle)
        return socket.recv_pyobj()  # finding: pickle-over-network this-host medium transport=ipc role=connect
