"""The peer's host comes out of a JSON body, a query string, a unary request."""

import pickle

import zmq
from flask import Flask, request

import worker_pb2_grpc

app = Flask(__name__)
ctx = zmq.Context()


@app.route("/register", methods=["POST"])
def register():
    body = request.get_json()
    sock = ctx.socket(zmq.REQ)
    sock.connect(f"tcp://{body['host']}:{body['port']}")
    sock.send(b"hello")
    greeting = pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical source=zmq role=connect
    return {"greeting": str(greeting)}


@app.route("/pull")
def pull():
    sock = ctx.socket(zmq.SUB)
    sock.connect(request.args["address"])
    return {"value": sock.recv_pyobj()}  # finding: pickle-over-network any-host critical source=zmq role=connect


class Registry(worker_pb2_grpc.RegistryServicer):
    def Register(self, request, context):
        sock = ctx.socket(zmq.PULL)
        sock.connect("tcp://" + request.address)
        return sock.recv_pyobj()  # finding: pickle-over-network any-host critical source=zmq role=connect
