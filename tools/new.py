"""Writes the skeleton of a rule (`tools/new.py rule ID`) or of a library model (`tools/new.py model LIBRARY`)."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path("src/gnomon/knowledge/data")
CASES = Path("tests/cases/scan")

RULE = '''\
id = "{name}"
title = ""  # one sentence, no full stop: what is wrong
default = true  # false: reported only with --all or --rule
sources = ["http"]  # kinds as in gnomon/core/rule.py
sinks = ["code-execution"]  # kinds that models attach to APIs
remedy = ""  # one or two sentences, shown with every finding
what = """
"""
cause = """
"""
why = """
"""
fix = """
"""
detection = """
"""
blind_spots = """
"""
'''

RULE_CASE = '''\
"""What this project shows, in one sentence."""


def wrong():
    ...  # finding: {name}


def look_alike():
    ...  # safe: {name}
'''

MODEL = """\
library = "{name}"
modules = ["{module}"]  # what a file that uses the library imports
link = ""  # https: the upstream page that proves the model

# A comment above each entry links to the line or page upstream that proves it.
# All tables and fields: docs/models.md

[[type]]
name = "{module}.Client"
channel = "socket"
transport = "tcp"
role = "connect"

[[source]]
api = ["{module}.Client.receive"]
kind = "socket"

[[endpoint]]
api = ["{module}.Client"]
role = "connect"
channel = "return"
address = "0|address"
"""

MODEL_CASE = '''\
"""What a file that uses the library looks like."""

import pickle

import {module}


def read(address):
    client = {module}.Client(address)
    return pickle.loads(client.receive())  # finding: pickle-over-network source=socket role=connect


def text(address):
    return {module}.Client(address).receive().decode()  # safe: pickle-over-network
'''


def main(arguments: list[str]) -> int:
    """Write the files and say what is left to do; 2 if the arguments don't say what is wanted."""
    match arguments:
        case ["rule", name] if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name):
            files = {DATA / "rules" / f"{name}.toml": RULE, CASES / name / "first" / "server.py": RULE_CASE}
        case ["model", name] if re.fullmatch(r"[a-z0-9]+([-_.][a-z0-9]+)*", name):
            files = {DATA / "models" / f"{name}.toml": MODEL, CASES / name / "first" / "client.py": MODEL_CASE}
        case _:
            print("make new-rule id=what-is-wrong, or make new-model library=name-on-pypi", file=sys.stderr)
            return 2
    taken = [path for path in files if (ROOT / path).exists()]
    if taken:
        print(f"{taken[0]} exists already", file=sys.stderr)
        return 2
    for path, text in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text.format(name=name, module=re.split(r"[-.]", name)[0]), encoding="utf-8")
        print(f"wrote {path}")
    print(f"Fill in both, add {name!r} to LESSONS in tests/scan/test_cases.py, then: make docs check")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
