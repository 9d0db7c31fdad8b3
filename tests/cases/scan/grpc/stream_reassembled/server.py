import pickle
from concurrent import futures
from multiprocessing import Queue

import grpc

import services_pb2
import services_pb2_grpc
from transport.utils import bytes_to_python_object, receive_bytes_in_chunks


class LearnerService(services_pb2_grpc.LearnerServiceServicer):
    def __init__(self, interaction_queue: Queue):
        self.interaction_queue = interaction_queue

    def SendObservations(self, request_iterator, context):
        received_bytes = receive_bytes_in_chunks(request_iterator, None, "[OBS]")
        observation = pickle.loads(received_bytes)  # finding: pickle-over-network configurable high source=grpc
        return services_pb2.Empty(ok=bool(observation))

    def SendInteractions(self, request_iterator, context):
        receive_bytes_in_chunks(request_iterator, self.interaction_queue, "[INT]")
        return services_pb2.Empty()


def learner_loop(interaction_queue: Queue):
    while True:
        message = interaction_queue.get()
        print(bytes_to_python_object(message))


def start(host, port, interaction_queue):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    services_pb2_grpc.add_LearnerServiceServicer_to_server(LearnerService(interaction_queue), server)
    server.add_insecure_port(f"{host}:{port}")
    server.start()
