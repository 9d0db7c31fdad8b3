"""Contents of pages with everything but scans: a lineage, an audit, a probe, guard's events; and the same, hostile."""

import json
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from gnomon.core.lineage import Lineage
from gnomon.core.severity import Confidence
from gnomon.render.audit_json import audit_of
from gnomon.render.document import encoded
from gnomon.render.html.contents import Contents, GuardRun
from gnomon.render.html.guard_lines import guard_run
from gnomon.render.json import report_of
from gnomon.render.probe_json import probe_of
from gnomon.render.trace_json import trace_of
from tests.render import audit_sample, probe_sample
from tests.render.html.contents_sample import ESCAPES, MADE
from tests.render.sample import REPORT, RULES
from tests.render.trace_sample import LINEAGE, SGLANG, VLLM, edge, node, outcome

Document = TypeVar("Document", bound=msgspec.Struct)
DROPPED = {
    "time": "2026-11-26T21:22:53.950Z",
    "event": "dropped",
    "pid": 7841,
    "outcome": "drop",
    "module": "marker",
    "name": "fire",
    "site": "engine/rpc.py:Server.loop",
    "socket": "engine/rpc.py:Server.__init__",
    "kind": "socket",
    "peer": "10.0.0.7",
}


def events(*lines: dict[str, object], file: str = "guard.jsonl") -> GuardRun:
    """A run with these lines."""
    run = guard_run(file, [json.dumps(line).encode() for line in lines])
    assert run is not None
    return run


def as_read(document: Document) -> Document:
    """The document as it is when it was written and read again."""
    return msgspec.json.decode(encoded(document), type=type(document))


def everything() -> Contents:
    """One of each kind."""
    return Contents(
        title="everything",
        scans=(as_read(report_of(REPORT)),),
        traces=(as_read(trace_of(outcome(SGLANG, VLLM, lineage=LINEAGE))),),
        audits=(as_read(audit_of(audit_sample.outcome())),),
        probes=(as_read(probe_of(probe_sample.outcome())),),
        guards=(events(DROPPED, DROPPED | {"left_out": 7, "peer": "10.0.0.8"}),),
        rules=RULES,
        made=MADE,
        tool_version="0.1.0",
    )


def hostile_pictures() -> Contents:
    """Each of ESCAPES wherever a target, a file or a sender has a say."""
    whole = everything()
    names = tuple(enumerate(ESCAPES))
    lineage = Lineage(
        nodes=tuple(replace(node(f"n{n}", text, text, (text, text, "unfixed")), path=text) for n, text in names),
        edges=tuple(
            replace(edge("n0", f"n{n}", 0.5, Confidence.LOW), clues=LINEAGE.edges[0].clues) for n, _ in names[1:]
        ),
    )
    copies = tuple(
        replace(SGLANG.copies[0], path=text, qualname=text, title=text, origin=text, reason=text, advisories=(text,))
        for text in ESCAPES
    )
    [audit], [probe] = whole.audits, whole.probes
    verdicts = tuple(
        replace(audit.verdicts[0], package=text, title=text, reason=text, advisory=text, aliases=(text,), where=text)
        for text in ESCAPES
    )
    sockets = tuple(replace(probe.sockets[0], endpoint=text, detail=text, type=text, host=text) for text in ESCAPES)
    return replace(
        whole,
        title="".join(ESCAPES[:3]),
        traces=(
            trace_of(outcome(replace(SGLANG, target=ESCAPES[0], copies=copies), lineage=lineage)),
            trace_of(outcome(replace(SGLANG, copies=copies))),
        ),
        audits=(replace(audit, target=ESCAPES[1], kind=ESCAPES[2], verdicts=verdicts),),
        probes=(replace(probe, target=ESCAPES[3], sockets=sockets),),
        guards=(
            events(
                *(DROPPED | {"event": text, "name": text, "site": text, "peer": text, "why": text} for text in ESCAPES),
                file=ESCAPES[4],
            ),
        ),
    )


def large(places: int, *, every: int = 2) -> Lineage:
    """A lineage of that many places, with three moments each; one of `every` was taken from another."""
    nodes = tuple(
        node(
            f"n{number}",
            f"organisation/project-{number // 8}",
            f"Executor.receive_requests_{number}",
            ("0.6.6", f"2024-0{1 + number % 9}-11", "unfixed"),
            ("0.8.4", f"2025-0{1 + number % 9}-11", "unfixed"),
            ("0.9.2", f"2026-0{1 + number % 9}-11", "mitigated" if number % 3 else "unfixed"),
        )
        for number in range(places)
    )
    clues = LINEAGE.edges[0].clues
    edges = (
        edge(f"n{number // 2}", f"n{number}", 0.87, Confidence.MEDIUM, *clues) for number in range(1, places, every)
    )
    return Lineage(nodes=nodes, edges=tuple(edges))
