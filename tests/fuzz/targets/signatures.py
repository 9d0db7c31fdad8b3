"""Any bytes are a signature that is written as it was read, or are refused by name."""

import contextlib

from gnomon.core.errors import KnowledgeError
from gnomon.knowledge.load import data_folder
from gnomon.knowledge.signatures import PART, parsed, written

SEEDS = tuple(
    (data_folder() / PART / f"{name}.toml").read_bytes()
    for name in ("llama-stack-parallel-utils", "vllm-message-queue", "bentoml-pickle-serde")
)


def once(data: bytes) -> None:
    """Reading what was written gives the same signature."""
    with contextlib.suppress(KnowledgeError):
        signature = parsed("x.toml", data)
        assert parsed("x.toml", written(signature)) == signature
