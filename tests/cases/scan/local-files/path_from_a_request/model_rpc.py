"""Reduced from https://pypi.org/project/lightllm/0.0.1/ (server/visualserver/model_infer/model_rpc.py): the folder
of a model comes in a call, what is loaded are its files."""

import io
import os

import rpyc
import torch
from rpyc.utils.server import ThreadedServer


class VisualModelServer(rpyc.Service):
    def exposed_init_model(self, arguments):
        weight_dir = arguments["weight_dir"]
        for name in os.listdir(weight_dir):
            torch.load(os.path.join(weight_dir, name), "cpu")  # safe: pickle-over-network

    def exposed_set_model(self, weights):
        return torch.load(io.BytesIO(weights))  # finding: pickle-over-network source=rpc


def main():
    ThreadedServer(VisualModelServer(), hostname="127.0.0.1", port=18861).start()
