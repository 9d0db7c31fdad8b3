"""Rows of a local database, entries of an embedded store, downloaded and cached files: not bytes of a peer."""

import pickle
import sqlite3
import urllib.request

import lmdb
import torch


def rows(path):
    connection = sqlite3.connect(path)
    for (blob,) in connection.execute("select blob from results"):
        yield pickle.loads(blob)  # safe: pickle-over-network


class Dataset:
    def __init__(self, path):
        self.env = lmdb.open(path, readonly=True, lock=False)

    def __getitem__(self, index):
        with self.env.begin(write=False) as txn:
            return pickle.loads(txn.get(f"{index}".encode()))  # safe: pickle-over-network


def downloaded(url, path):
    urllib.request.urlretrieve(url, path)
    with open(path, "rb") as file:
        return pickle.load(file)  # safe: pickle-over-network


def checkpoint(folder, rank):
    state = torch.load(f"{folder}/rank_{rank}.pt", map_location="cpu")  # safe: pickle-over-network
    return state["model"]
