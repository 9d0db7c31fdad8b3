"""Normalised tokens -> hashes that mean the same in every process, on every machine and in every file of signatures."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from gnomon.core.signature import HASH_BITS
from gnomon.trace.normal import Statement, is_telling

RUN = 5
"""Tokens of a shingle; chosen by bench/lineage."""
_PRIME = (1 << 61) - 1
_BASE = 0x1F3D_5B79_A8C6_E4D3 % _PRIME
_LEAVING = pow(_BASE, RUN, _PRIME)
_MIX = 0x9E37_79B9_7F4A_7C15
_WORD = (1 << 64) - 1


def hashed(tokens: Sequence[str]) -> int:
    """40-bit hash of a statement."""
    return int.from_bytes(
        blake2b("\x1f".join(tokens).encode("utf-8", "surrogatepass"), digest_size=HASH_BITS // 8).digest()
    )


@lru_cache(maxsize=1 << 16)
def _token(token: str) -> tuple[int, int, bool]:
    """Its hash, what that is worth when it leaves a run, and whether it tells something."""
    digest = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    number = int.from_bytes(digest) % _PRIME
    return number, number * _LEAVING % _PRIME, is_telling(token)


def shingles(statements: Iterable[Statement]) -> frozenset[int]:
    """40-bit hashes of every run of RUN tokens in which at least one tells something; a shorter text is one run.

    A polynomial over the tokens' own hashes, so that a run costs one step: Karp and Rabin,
    https://doi.org/10.1147/rd.312.0249.
    """
    tokens = [_token(token) for statement in statements for token in (*statement.tokens, ";")]
    found: list[int] = []
    value, last_telling = 0, -1
    for at, (number, _, telling) in enumerate(tokens):
        leaving = tokens[at - RUN][1] if at >= RUN else 0
        value = (value * _BASE + number - leaving) % _PRIME
        if telling:
            last_telling = at
        if last_telling > at - RUN and at >= RUN - 1:
            found.append(value)
    if len(tokens) < RUN and last_telling >= 0:
        found.append(value)
    return frozenset(((value * _MIX) & _WORD) >> 64 - HASH_BITS for value in found)
