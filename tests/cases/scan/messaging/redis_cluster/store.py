"""Reduced from https://pypi.org/project/DI-engine/0.5.3/ (utils/file_helper.py): a cluster's client is kept in a
global variable that is filled on first use."""

import pickle

import rediscluster

_cluster = None


def _ensure_cluster(nodes=({"host": "127.0.0.1", "port": "7000"},)):
    global _cluster
    if _cluster is None:
        _cluster = rediscluster.RedisCluster(startup_nodes=list(nodes), decode_responses=False)


def read(path):
    _ensure_cluster()
    value = _cluster.get(path)
    return pickle.loads(value)  # finding: pickle-over-network source=redis role=connect
