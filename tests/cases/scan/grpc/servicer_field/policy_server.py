"""A bytes field of a unary request; the insecure port is formatted from a configuration."""

import pickle  # nosec
from concurrent import futures
from dataclasses import dataclass

import grpc

import services_pb2
import services_pb2_grpc


@dataclass
class PolicyServerConfig:
    host: str = "localhost"
    port: int = 8080


class PolicyServer(services_pb2_grpc.AsyncInferenceServicer):
    def __init__(self, config: PolicyServerConfig):
        self.config = config

    def Ready(self, request, context):
        return services_pb2.Empty()

    def SendPolicyInstructions(self, request, context):
        if not request.data:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "empty")
        specs = pickle.loads(request.data)  # nosec  # finding: pickle-over-network configurable high source=grpc role=bind transport=grpc
        if not isinstance(specs, dict):
            raise TypeError(f"expected a dict, got {type(specs)}")
        return services_pb2.Empty()


def serve(cfg: PolicyServerConfig):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    services_pb2_grpc.add_AsyncInferenceServicer_to_server(PolicyServer(cfg), server)
    server.add_insecure_port(f"{cfg.host}:{cfg.port}")
    server.start()
    server.wait_for_termination()
