"""A wildcard port, a repeated field, an array with pickled objects inside."""

from concurrent import futures
from io import BytesIO

import grpc
import numpy as np

import pipeline_pb2_grpc


class PipelineServicer(pipeline_pb2_grpc.PipelineServiceServicer):
    def inference(self, request, context=None):
        return [self.to_numpy(tensor) for tensor in request.tensors]

    def to_numpy(self, tensor):
        if tensor.kind == 13:
            return np.load(BytesIO(tensor.byte_data), allow_pickle=True)  # finding: pickle-over-network any-host critical source=grpc role=bind
        return np.frombuffer(tensor.byte_data, dtype="float32")  # safe: pickle-over-network


def main(port):
    server = grpc.server(futures.ThreadPoolExecutor(8))
    pipeline_pb2_grpc.add_PipelineServiceServicer_to_server(PipelineServicer(), server)
    server.add_insecure_port("[::]:{}".format(port))
    server.start()
