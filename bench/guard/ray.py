"""Does guard come to Ray's processes? Starts Ray, a task and an actor in a guarded run, and lists what is covered.

    python bench/guard/ray.py --python RAY/bin/python

Ray is not installed for it: RAY is an environment that has it. Exits with 1 if a process escaped or none is covered.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from gnomon.guard.delivery import status

DRIVER = """
import os, ray
ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")

@ray.remote
def task():
    return os.getpid()

@ray.remote
class Actor:
    def number(self):
        return os.getpid()

actor = Actor.remote()
print("WORKERS", *{*ray.get([task.remote() for _ in range(4)]), ray.get(actor.number.remote())}, flush=True)
input()
ray.shutdown()
"""


def main() -> int:
    """Learns, since that allows everything: what is asked here is who is reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="of an environment with Ray")
    python = parser.parse_args().python
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-m", "gnomon.guard", "learn", "-o", str(Path(folder, "policy.json"))]
        guarded = subprocess.Popen(
            [*line, "--", python, "-c", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        workers = next(
            (set(map(int, said.split()[1:])) for said in guarded.stdout if said.startswith("WORKERS")), set()
        )
        shown = [(run, status.status(run.run)) for run in status.runs() if run.supervisor == guarded.pid]
        print(status.as_text(shown))
        guarded.communicate("\n", timeout=120)
    rows = [row for _, rows in shown for row in rows]
    covered = {row.pid for row in rows if row.verdict == "covered"}
    print(f"{len(workers)} workers ran the task and the actor, {len(workers & covered)} of them covered")
    return 0 if workers and workers <= covered and not any(row.verdict == "escaped" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
