"""A cluster of two nodes, each a network namespace with a cable to the other, and somebody who asks it."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bench.fleet.nodes import Nodes  # noqa: E402 (found by the line above)
from tests.wire.hosts import Hosts, ask, line, why_not  # noqa: E402

ADDRESS = "tls://10.77.1.1:8786"
DEADLINE_S = 90
TLS = "DASK_DISTRIBUTED__COMM__TLS__"


class Fleet:
    """The two nodes, and the one who asks."""

    def __init__(self, hosts, folder):
        certificate(folder)
        self.folder = folder
        self.nodes = Nodes(folder, os.environ | settings(folder) | {"PYTHONPATH": str(ROOT)})
        self._enter = hosts.middle.enter
        self._asking = hosts.middle.start(DRIVER, environment=self.nodes.environment)
        self._dask(hosts.middle, "scheduler", "scheduler", "--host", ADDRESS)
        self._places = {"first": (hosts.middle, "10.77.1.1"), "second": (hosts.others[0], "10.77.1.2")}
        for name in self._places:
            self.node(name)

    def node(self, name):
        """Starts a node's worker, with its nanny."""
        host, place = self._places[name]
        local = ("--local-directory", self.folder / name)
        self._dask(host, name, "worker", ADDRESS, "--host", place, "--nworkers", 1, "--nthreads", 1, *local)

    def _dask(self, host, name, *command):
        program = [*host.enter, sys.executable, "-m", "dask", *command, "--dashboard-address", "127.0.0.1:0"]
        self.nodes.start(name, program)

    def lose_nodes(self):
        """Both, or the one that an earlier test has left."""
        self.nodes.lose(*(name for name in self._places if self.nodes.has(name)))

    def survey(self, folder, *arguments):
        """Ends of `gnomon survey` where the one who asks is, in a folder: its exit code, and what it printed."""
        command = [*self._enter, sys.executable, "-m", "gnomon", "survey", *arguments, "--no-progress", "--no-cache"]
        own = self.nodes.environment
        done = subprocess.run(
            command, cwd=folder, env=own, capture_output=True, text=True, timeout=DEADLINE_S, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def ask(self, command, *arguments):
        """What the one who asks answers."""
        return json.loads(ask(self._asking, json.dumps([command, *arguments]), DEADLINE_S))

    def begin(self, command, *arguments):
        """As `ask`, but the answer is fetched by `end`."""
        self._asking.stdin.write(json.dumps([command, *arguments]) + "\n")

    def end(self):
        """The answer to what was begun."""
        answer = line(self._asking, DEADLINE_S)
        assert answer.startswith(("{", "[")), answer
        return json.loads(answer)

    def workers(self, folder, count):
        """Process ids of the workers that are at the targets which are held, once there are that many of these."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            begun = folder / "begun"
            lines = begun.read_text().split("\n")[:-1] if begun.exists() else []
            held = [each.split() for each in lines if each.startswith("held")]
            if len(held) >= count:
                return [int(pid) for _, pid in held]
            assert time.monotonic() < deadline, "nobody was at work in time"
            time.sleep(0.02)


DRIVER = "import runpy; runpy.run_module('tests.fleet.driver', run_name='__main__')"


def certificate(folder):
    """A key and a certificate that every node shares."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=fleet", "-days", "2"]
    files = ["-keyout", folder / "fleet.key", "-out", folder / "fleet.pem"]
    subprocess.run(["openssl", "req", "-x509", *curve, *files], check=True, capture_output=True)


def settings(folder):
    """Dask's, as docs/cluster.md has them."""
    key, shown = str(folder / "fleet.key"), str(folder / "fleet.pem")
    ends = {f"{TLS}{end}__{what}": path for end in ENDS for what, path in (("CERT", shown), ("KEY", key))}
    return ends | {
        f"{TLS}CA_FILE": shown,
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true",
        "DASK_LOGGING__DISTRIBUTED": "critical",
    }


ENDS = ("SCHEDULER", "WORKER", "CLIENT")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """It takes some seconds to come up; what kills parts of it comes last."""
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("the extra fleet is not installed")
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    if why := why_not():
        pytest.skip(why)
    hosts = Hosts(1)
    made = Fleet(hosts, tmp_path_factory.mktemp("fleet"))
    yield made
    made.nodes.lose()
    hosts.close()
