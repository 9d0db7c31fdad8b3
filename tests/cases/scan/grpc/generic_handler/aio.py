"""An asynchronous servicer, and a handler registered without generated code."""

import pickle

import grpc
from grpc import aio

import jobs_pb2_grpc


class AsyncJobs(jobs_pb2_grpc.AsyncJobsServicer):
    async def Submit(self, request, context: grpc.aio.ServicerContext):
        return pickle.loads(request.payload)  # finding: pickle-over-network any-host critical source=grpc

    async def Stream(self, request_iterator, context):
        async for item in request_iterator:
            yield pickle.loads(item.payload)  # finding: pickle-over-network any-host critical source=grpc


async def serve():
    server = aio.server()
    jobs_pb2_grpc.add_AsyncJobsServicer_to_server(AsyncJobs(), server)
    server.add_insecure_port("[::]:50051")
    await server.start()
