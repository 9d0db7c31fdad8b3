"""A secure port authenticates callers only if it requires their certificates."""

import pickle
from concurrent import futures

import grpc

import jobs_pb2_grpc


class MutualJobs(jobs_pb2_grpc.JobsServicer):
    def Submit(self, request, context):
        return pickle.loads(request.payload)  # finding: pickle-over-network note effective auth=tls source=grpc


class ServerOnlyJobs(jobs_pb2_grpc.ServerOnlyJobsServicer):
    def Submit(self, request, context):
        return pickle.loads(request.payload)  # finding: pickle-over-network any-host critical source=grpc


def mutual(key, chain, roots):
    credentials = grpc.ssl_server_credentials([(key, chain)], root_certificates=roots, require_client_auth=True)
    server = grpc.server(futures.ThreadPoolExecutor())
    jobs_pb2_grpc.add_JobsServicer_to_server(MutualJobs(), server)
    server.add_secure_port("0.0.0.0:8443", credentials)


def server_only(key, chain):
    credentials = grpc.ssl_server_credentials([(key, chain)])
    server = grpc.server(futures.ThreadPoolExecutor())
    jobs_pb2_grpc.add_ServerOnlyJobsServicer_to_server(ServerOnlyJobs(), server)
    server.add_secure_port("0.0.0.0:8444", credentials)
