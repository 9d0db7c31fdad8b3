"""Network namespaces that stand for hosts: one in the middle, and others that have a cable to it each.

A namespace lives as long as a process in it. Each is held by one that ends when its input does, so it is gone after the
tests, also if they are killed.
"""

import os
import selectors
import shutil
import subprocess
import sys

PLUG = """
import sys
from pyroute2 import IPRoute

middle, other, number = sys.argv[1:]
with IPRoute() as link:
    link.link("add", ifname=f"to{number}", kind="veth", peer={"ifname": "cable", "net_ns_fd": int(other)})
"""
ADDRESS = """
import sys
from pyroute2 import IPRoute

name, address = sys.argv[1:]
with IPRoute() as link:
    for each, own in (("lo", None), (name, address)):
        [index] = link.link_lookup(ifname=each)
        if own:
            link.addr("add", index=index, address=own, prefixlen=24)
        link.link("set", index=index, state="up")
"""
SWITCH = """
import sys
from pyroute2 import IPRoute

name, state = sys.argv[1:]
with IPRoute() as link:
    link.link("set", index=link.link_lookup(ifname=name)[0], state=state)
"""


class Host:
    """A namespace, with whatever was started in it."""

    def __init__(self, enter):
        self._started = []
        user = [] if enter or _root() else ["--user", "--map-root-user"]
        self._holder = subprocess.Popen(
            [*enter, "unshare", *user, "--net", "sh", "-c", "echo $$; exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = int(self._holder.stdout.readline())
        inside = [] if _root() else [f"--user=/proc/{self.pid}/ns/user", "--preserve-credentials"]
        self.enter = ["nsenter", *inside, f"--net=/proc/{self.pid}/ns/net"]

    def start(self, program, *arguments, environment=None):
        """A Python program in this host, with its output as lines."""
        process = subprocess.Popen(
            [*self.enter, sys.executable, "-c", program, *map(str, arguments)],
            env=os.environ | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self._started.append(process)
        return process

    def run(self, program, *arguments, environment=None):
        """What a program prints until its end, within half a minute."""
        process = self.start(program, *arguments, environment=environment)
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 0, output
        return output

    def switch(self, state):
        """The cable `up` or `down`."""
        self.run(SWITCH, "cable", state)

    def close(self):
        """End what was started here, and the namespace."""
        for process in self._started:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        self._holder.stdin.close()
        self._holder.wait(10)
        self._holder.stdout.close()


class Hosts:
    """A host in the middle at 10.77.N.1 for the host number N at 10.77.N.2."""

    def __init__(self, others):
        self.middle = Host([])
        self.others = []
        try:
            for number in range(1, others + 1):
                # in the user namespace of the first, without which neither may be given a cable to the other
                self.others.append(Host([] if _root() else self.middle.enter))
                self._plug(number, self.others[-1])
        except BaseException:
            self.close()
            raise

    def _plug(self, number, other):
        namespace = os.open(f"/proc/{other.pid}/ns/net", os.O_RDONLY)
        try:
            self._plug_into(number, namespace)
        finally:
            os.close(namespace)
        other.run(ADDRESS, "cable", f"10.77.{number}.2")

    def _plug_into(self, number, namespace):
        subprocess.run(
            [*self.middle.enter, sys.executable, "-c", PLUG, "middle", str(namespace), str(number)],
            check=True,
            timeout=30,
            pass_fds=[namespace],
        )
        self.middle.run(ADDRESS, f"to{number}", f"10.77.{number}.1")

    def close(self):
        """End all of them."""
        for host in (*self.others, self.middle):
            host.close()


def why_not():
    """Why there can be no namespaces here; empty if there can."""
    if sys.platform != "linux":
        return "network namespaces are Linux's"
    for tool in ("unshare", "nsenter"):
        if shutil.which(tool) is None:
            return f"{tool} of util-linux is missing"
    user = [] if _root() else ["--user", "--map-root-user"]
    tried = subprocess.run(["unshare", *user, "--net", "true"], capture_output=True, text=True, check=False)
    return f"no network namespaces here: {tried.stderr.strip()}" if tried.returncode else ""


def line(process, timeout_s=20.0):
    """The next line that a program prints. Raises TimeoutError, and EOFError if it ended."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(timeout_s):
            raise TimeoutError(f"nothing was printed within {timeout_s} s")
    if not (printed := process.stdout.readline()):
        raise EOFError("the program has ended")
    return printed.strip()


def ask(process, text, timeout_s=20.0):
    """The line that a program answers a line with."""
    process.stdin.write(f"{text}\n")
    return line(process, timeout_s)


def _root():
    return os.geteuid() == 0
