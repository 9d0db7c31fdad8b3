"""Settings read from the environment when they are asked for (PEP 562); the declarations are for type checkers."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    MASTER_HOST: str = ""

variables = {"MASTER_HOST": lambda: os.getenv("MASTER_HOST", "127.0.0.1")}


def __getattr__(name):
    if name in variables:
        return variables[name]()
    raise AttributeError(name)
