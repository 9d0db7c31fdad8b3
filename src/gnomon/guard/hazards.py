"""Placeholder until the tables are merged."""

from typing import NamedTuple


class Verdict(NamedTuple):
    level: str
    why: str


def verdict(module: str, name: str) -> Verdict:
    if (module, name) in {("builtins", "eval"), ("builtins", "getattr"), ("os", "system"), ("posix", "system")}:
        return Verdict("runs-code", "it runs what it is given")
    return Verdict("unknown", "")
