"""The blocks of the documentation that the program itself knows, by the name they have in a page."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import get_args

from advisory_reference import advisories, advisory_fields
from bench_figures import figures
from excerpts import definition, difference, fixed, found_by_scan
from json_fields import json_fields
from limits import limits
from rule_pages import rule_table, rules
from signature_reference import fields, pack
from wire_vectors import bytes_block, vectors_block

from gnomon.cli.main import VERBS
from gnomon.core.endpoint import Authentication, Endpoint, Reach, Role, Transport
from gnomon.core.rule import SourceKind
from gnomon.core.severity import severity_of
from gnomon.io.survey_tables import columns
from gnomon.probe.ports import KNOWN
from gnomon.render.audit_formats import FORMATS as AUDIT_FORMATS
from gnomon.render.audit_json import JsonAudit
from gnomon.render.fix_formats import FORMATS as FIX_FORMATS
from gnomon.render.fix_json import JsonFix
from gnomon.render.formats import FORMATS
from gnomon.render.probe_formats import FORMATS as PROBE_FORMATS
from gnomon.render.probe_json import JsonProbe
from gnomon.render.survey_formats import FORMATS as SURVEY_FORMATS
from gnomon.render.survey_json import JsonSurveyed
from gnomon.render.survey_rows import TABLES
from gnomon.render.survey_summary_json import JsonSurvey
from gnomon.render.trace_json import JsonTrace

REACH_IN_WORDS = {
    "any-host": "a wildcard or routable address",
    "configurable": "an option, the environment or an argument decides",
    "this-host": "loopback, ipc, shared memory",
    "process": "inproc",
    "unknown": "no address was found",
}


@cache
def block(name: str, root: Path) -> str:
    """Text of the block `name` (its first word says what, the rest are arguments), without a newline at its end."""
    kind, *arguments = name.split()
    return BLOCKS[kind](root, *arguments)


def _help(_: Path, *verb: str) -> str:
    """The help page, as the command prints it on a terminal of 100 columns."""
    shown = subprocess.run(
        [sys.executable, "-m", "gnomon", *verb, "--help"],
        env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return f"```console\n$ gnomon {' '.join([*verb, '--help'])}\n{shown.stdout.strip()}\n```"


def _severity(_: Path) -> str:
    """The table that `severity_of` computes."""
    rows = []
    for reach, words in REACH_IN_WORDS.items():
        open_to = severity_of(Endpoint(reach=_reach(reach)))
        authenticated = severity_of(Endpoint(reach=_reach(reach), authentication="curve", effective=True))
        rows.append(f"| {reach} | {words} | {open_to} | {authenticated} |")
    chosen = severity_of(Endpoint(role="connect", peer_chosen_by_request=True))
    rows.append(f"| any | connects to an address taken from a request | {chosen} | note |")
    head = ["| reach | that is | no effective authentication | authenticated |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _reach(word: str) -> Reach:
    return next(reach for reach in get_args(Reach) if reach == word)


def _rules(root: Path, folder: str = "") -> str:
    return rule_table(rules(root), folder)


def _values(_: Path) -> str:
    """What the closed sets of the vocabulary hold."""
    sets = {
        "source kind": SourceKind,
        "role": Role,
        "transport": Transport,
        "reach": Reach,
        "authentication": Authentication,
    }
    rows = [f"| {name} | {', '.join(f'`{value}`' for value in get_args(values))} |" for name, values in sets.items()]
    return "\n".join(["| | values |", "|---|---|", *rows])


def _formats(_: Path, verb: str = "scan") -> str:
    known = {
        "scan": FORMATS,
        "probe": PROBE_FORMATS,
        "audit": AUDIT_FORMATS,
        "fix": FIX_FORMATS,
        "survey": SURVEY_FORMATS,
    }[verb]
    rows = [f"| `{name}` | {words} |" for name, words in known.items()]
    return "\n".join(["| format | what it is |", "|---|---|", *rows])


def _survey_tables(_: Path) -> str:
    """Every table of a survey: what a row is, and its columns with their types."""
    rows = []
    for name, kind in TABLES.items():
        typed = ", ".join(f"`{column}` {type_}" for column, type_ in columns(kind))
        rows.append(f"| `{name}` | {(kind.__doc__ or '').rstrip('.')} | {typed} |")
    return "\n".join(["| table | a row | columns |", "|---|---|---|", *rows])


def _verbs(_: Path) -> str:
    """Every verb with its page."""
    rows = [f"| [{verb}]({verb}.md) | {words} |" for verb, words in VERBS.items()]
    return "\n".join(["| verb | what it does |", "|---|---|", *rows])


def _ports(_: Path) -> str:
    """The ports that are asked by default, each with what is known to listen there."""
    rows = [f"| {', '.join(_runs(ports))} | {words} |" for words, ports in KNOWN.items()]
    return "\n".join(["| ports | what listens there |", "|---|---|", *rows])


def _runs(ports: tuple[int, ...]) -> list[str]:
    runs: list[list[int]] = []
    for port in ports:
        if runs and port == runs[-1][-1] + 1:
            runs[-1].append(port)
        else:
            runs.append([port])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]


BLOCKS: dict[str, Callable[..., str]] = {
    "advisories": lambda _: advisories(),
    "advisory-fields": advisory_fields,
    "bench": figures,
    "definition": definition,
    "diff": difference,
    "found": found_by_scan,
    "fixed": fixed,
    "formats": _formats,
    "help": _help,
    "json": lambda _: json_fields(),
    "json-probe": lambda _: json_fields(JsonProbe),
    "json-audit": lambda _: json_fields(JsonAudit),
    "json-fix": lambda _: json_fields(JsonFix),
    "json-survey": lambda _: json_fields(JsonSurvey),
    "json-surveyed": lambda _: json_fields(JsonSurveyed),
    "json-trace": lambda _: json_fields(JsonTrace),
    "limits": limits,
    "probe-ports": _ports,
    "rules": _rules,
    "severity": _severity,
    "signature-fields": fields,
    "signature-pack": lambda _: pack(),
    "survey-tables": _survey_tables,
    "values": _values,
    "verbs": _verbs,
    "wire-vectors": lambda _: vectors_block(),
    "wire-bytes-vectors": lambda _: bytes_block(),
}
