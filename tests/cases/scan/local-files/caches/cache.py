"""Loads from local files: another rule, off by default."""

import gzip
import os
import pickle
import pickle as pkl
import shelve
from pathlib import Path

import cloudpickle
import joblib
import numpy as np
import torch
import yaml


def load_cache(path):
    with open(path, "rb") as file:
        return pickle.load(file)  # finding: pickle-from-file low  # safe: pickle-over-network


def load_text(path):
    return pickle.loads(Path(path).read_bytes())  # finding: pickle-from-file low  # safe: pickle-over-network


def load_trajectory(folder):
    with gzip.open(os.path.join(folder, "trajectory.pkl.gz")) as file:
        return pkl.load(file)  # finding: pickle-from-file  # safe: pickle-over-network


def load_custom(folder: Path):
    with (folder / "custom_objects.pkl").open("rb") as file:
        return cloudpickle.load(file)  # finding: pickle-from-file  # safe: pickle-over-network


def load_weights(path):
    return torch.load(path, map_location="cpu", weights_only=False)  # finding: pickle-from-file  # safe: pickle-over-network


def load_weights_only(path):
    return torch.load(path, weights_only=True)  # safe: pickle-from-file  # safe: pickle-over-network


def load_model(path):
    return joblib.load(path)  # finding: pickle-from-file  # safe: pickle-over-network


def load_array(path):
    return np.load(path, allow_pickle=True)  # finding: pickle-from-file  # safe: pickle-over-network


def load_plain_array(path):
    return np.load(path)  # safe: pickle-from-file  # safe: pickle-over-network


def open_shelf(path):
    return shelve.open(path)  # finding: pickle-from-file  # safe: pickle-over-network


def load_config(path):
    with open(path) as file:
        return yaml.safe_load(file)  # safe: pickle-from-file  # safe: pickle-over-network
