"""Who asks a cluster, as a program that stays: a line of JSON with a command, a line of JSON with the answer."""

import json
import sys
from functools import partial

import msgspec

from gnomon.core.errors import GnomonError
from gnomon.io import cluster as clusters
from gnomon.io.cluster import Cluster, Work, connect
from gnomon.io.cluster_node import Limits
from tests.fleet import tasks

LIMITS = Limits(memory_bytes=1_000_000_000, patience_s=30)
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def held(address, folder, *targets, patience_s=None):
    """Target -> its answer in hex, or why there is none."""
    with _connected(address) as crew:
        crew._client._timeout = patience_s or crew._client._timeout
        return _told(crew(partial(tasks.held, folder), targets))


def briefly(*arguments):
    """As `held`, with little patience for a scheduler that is gone."""
    return held(*arguments, patience_s=1)


def abandoned(*arguments):
    """As `held`, with little patience for workers that are gone."""
    clusters.ABANDONED_S = 1.0
    return held(*arguments)


def refused(address, settings, changed):
    """What somebody is told whose certificates or tools are others."""
    import dask

    with dask.config.set(settings):
        try:
            _connected(address, **changed).close()
        except GnomonError as error:
            return [type(error).__name__, error.problem, error.remedy]
    return []


def late(address, folder, target):
    """What becomes of a target if the workers turn out to have other tools after they were looked at."""
    with _connected(address) as crew:
        other = msgspec.structs.replace(crew._work, tools=msgspec.structs.replace(crew._work.tools, knowledge="9"))
        return _told(Cluster(crew._client, address, other)(partial(tasks.held, folder), [target]))


def _connected(address, *, folder="", python=PYTHON, **differing):
    there = msgspec.structs.replace(tasks.HERE, python=python, **differing)
    work = Work(ready=partial(tasks.ready, PYTHON), tools=there, limits=LIMITS, folder=folder)
    return connect(address, work, connect_s=30.0)


def _told(answers):
    return {done.target: done.answer.hex() or done.lost for done in answers}


if __name__ == "__main__":
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        try:
            answer = globals()[command](*arguments)
        except GnomonError as error:
            answer = [type(error).__name__, error.problem]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
