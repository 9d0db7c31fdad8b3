"""All ways, in the order of their files."""

import sys
from importlib.util import find_spec

from bench.guard.way import Way
from bench.guard.ways import (
    interpreters,
    libraries,
    messages,
    moments,
    opcodes,
    others,
    processes,
    registry,
    subclasses,
    torch_files,
    unpicklers,
)

FILES = (
    unpicklers, opcodes, subclasses, registry, moments, interpreters, processes, messages, libraries, torch_files,
    others,
)  # fmt: skip
WAYS = {found.id: found for file in FILES for found in vars(file).values() if isinstance(found, Way)}
"""Identifier -> way."""


def missing(found: Way) -> str:
    """What this Python lacks for the way; empty if it can be gone."""
    if sys.version_info[:2] >= found.until:
        return f"Python before {found.until[0]}.{found.until[1]}"
    return ", ".join(name for name in found.needs if name not in sys.modules and find_spec(name) is None)
