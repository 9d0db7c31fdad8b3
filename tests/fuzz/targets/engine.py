"""Any Python is analysed, or said not to be: gnomon itself never fails on it."""

from functools import cache

from gnomon.core.finding import Skipped
from gnomon.core.model import Knowledge
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import INTERNAL_ERROR, findings

SEEDS = (
    b"import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind(f'tcp://*:{port}')\nx = pickle.loads(s.recv())\n",
    b"""import argparse, hmac, pickle, socket
class Server(Base):
    port: int = 5
    def __init__(self, args, *rest, key=None, **more):
        self.sock = socket.create_server((args.host or '0.0.0.0', self.port))
    def run(self):
        for part in iter(lambda: self.sock.accept()[0].recv(9), b''):
            if not hmac.compare_digest(part[:32], hmac.digest(self.key, part, 'sha256')):
                raise ValueError
            yield pickle.loads(part)
p = argparse.ArgumentParser()
p.add_argument('--host', default='127.0.0.1')
Server(p.parse_args()).run()
""",
    b"""from flask import Flask, request
import dill as d, torch
app = Flask(__name__)
load = {'a': d.loads, 'b': torch.load}['a']
@app.route('/<name>', methods=['POST'])
async def f(name, q=[lambda b: load(b)]):
    a, (b, *c) = request.data, request.files
    with open(name) as g, b as h:
        return [load(x) for x in (a, *c) if x] or q[0](await h.read())
""",
)


@cache
def _knowledge() -> Knowledge:
    return load()


def once(data: bytes) -> None:
    """One file, or up to four with a NUL between them: no place is skipped because gnomon itself failed."""
    parts = data.split(b"\0")[:4]
    files = tuple(SourceFile(path=f"m{number}.py", data=part) for number, part in enumerate(parts))
    for result in findings(Tree(target="t", files=files), _knowledge()):
        assert not (isinstance(result, Skipped) and result.reason.startswith(INTERNAL_ERROR)), result.reason
