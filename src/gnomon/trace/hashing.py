"""Normalised tokens -> hashes that mean the same in every process, on every machine and in every file of signatures."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from gnomon.trace.normal import Statement, is_telling

HASH_BYTES = 5
"""Of 10^8 shingles of a large index about one in 10^4 meets a foreign one: far below what a threshold notices."""
RUN = 5
"""Tokens of a shingle; chosen by bench/lineage."""


def hashed(tokens: Sequence[str]) -> int:
    """40-bit hash of a run of tokens."""
    return int.from_bytes(
        blake2b("\x1f".join(tokens).encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest()
    )


def shingles(statements: Iterable[Statement]) -> frozenset[int]:
    """Hashes of every run of RUN tokens in which at least one tells something; a shorter text is one run."""
    tokens = [token for statement in statements for token in (*statement.tokens, ";")]
    telling = [is_telling(token) for token in tokens]
    last = max(len(tokens) - RUN, 0)
    return frozenset(hashed(tokens[at : at + RUN]) for at in range(last + 1) if any(telling[at : at + RUN]))
