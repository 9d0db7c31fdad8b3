"""Workers of an inference server: jobs come in over ZeroMQ, results go back."""

import json
import pickle
from pathlib import Path

import zmq

CACHE = Path("~/.cache/toy-engine/tokenizer.pkl").expanduser()


class Engine:
    def __init__(self, model, port=5557):
        self.model = model
        context = zmq.Context()
        self.jobs = context.socket(zmq.ROUTER)
        self.jobs.bind(f"tcp://*:{port}")
        self.control = context.socket(zmq.SUB)
        self.control.bind(f"tcp://*:{port + 1}")
        self.control.subscribe(b"")
        self.status = context.socket(zmq.REP)
        self.status.bind(f"tcp://*:{port + 2}")

    def load_tokenizer(self):
        if CACHE.exists():
            return pickle.loads(CACHE.read_bytes())
        tokenizer = self.model.build_tokenizer()
        CACHE.write_bytes(pickle.dumps(tokenizer))
        return tokenizer

    def next_job(self):
        client, header, body = self.jobs.recv_multipart()
        settings = json.loads(header)
        prompt = pickle.loads(body)
        return client, settings, prompt

    def next_command(self):
        command = self.control.recv_pyobj()
        if command not in ("pause", "resume", "stop"):
            raise ValueError(command)
        return command

    def answer_status(self):
        question = self.status.recv_json()
        self.status.send_pyobj({"question": question, "busy": self.model.busy})
