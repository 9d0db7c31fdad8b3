from base import CheckpointEngine


class DeltaCheckpointEngine(CheckpointEngine):
    def receive_weights(self):
        # The bound alternative is a PUB socket, which never receives.
        self.socket.recv_string()
        return self.socket.recv_pyobj()  # finding: pickle-over-network configurable high source=zmq role=connect
