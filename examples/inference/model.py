"""A toy model: an embedding summed over the tokens, and logits. Its numbers are whole, so no order of sums matters."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

VOCABULARY = 1_000
WIDTH = 64
MOST_TOKENS = 2_000
"""More would make sums that float32 rounds, and answers that depend on the batch."""


class Outputs(NamedTuple):
    """What the model says of a batch, a row for each request."""

    embeddings: NDArray[np.float32]
    """Shape (requests, WIDTH)."""
    logits: NDArray[np.float32]
    """Shape (requests, VOCABULARY)."""


class Model:
    """The same weights in every process."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self._table = random.integers(-8, 8, (VOCABULARY, WIDTH)).astype(np.float32)
        self._head = random.integers(-8, 8, (WIDTH, VOCABULARY)).astype(np.float32)

    def run(self, batch: Sequence[NDArray[np.int32]]) -> Outputs:
        """Outputs of at least one request, each of at least one token id."""
        starts = np.cumsum([0, *(len(tokens) for tokens in batch[:-1])])
        embeddings = np.add.reduceat(self._table[np.concatenate(batch)], starts)
        return Outputs(embeddings, embeddings @ self._head)


def shown(embedding: NDArray[np.float32], logits: NDArray[np.float32]) -> dict[str, list[float]]:
    """One request's row as JSON has it: the embedding, and the five likeliest tokens with their logits."""
    top = np.argsort(-logits, kind="stable")[:5]
    return {"embedding": embedding.tolist(), "top": top.tolist(), "logits": logits[top].tolist()}
