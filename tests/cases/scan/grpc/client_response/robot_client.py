"""The client unpickles a field of the response, single and streamed."""

import pickle

import grpc

import services_pb2
import services_pb2_grpc


class RobotClient:
    def __init__(self, server_address: str):
        self.channel = grpc.insecure_channel(server_address)
        self.stub = services_pb2_grpc.AsyncInferenceStub(self.channel)

    def receive_actions(self):
        chunk = self.stub.GetActions(services_pb2.Empty())
        if len(chunk.data) == 0:
            return None
        return pickle.loads(chunk.data)  # finding: pickle-over-network configurable high source=grpc role=connect

    def follow(self):
        for update in self.stub.StreamParameters(services_pb2.Empty()):
            yield pickle.loads(update.data)  # finding: pickle-over-network configurable high source=grpc role=connect
