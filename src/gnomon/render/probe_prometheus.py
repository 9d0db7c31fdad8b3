"""A probe as Prometheus' metrics, for the textfile collector of its node exporter.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
"""

from collections.abc import Iterator
from typing import get_args

from gnomon.core.severity import Severity
from gnomon.probe.verdict import Row, Verdict
from gnomon.render.escape import visible
from gnomon.render.outcome import Document
from gnomon.render.probe_outcome import ProbeOutcome


def write(outcome: ProbeOutcome) -> Document:
    """The metrics; no time stamps, which the collector refuses."""
    return Document(data=("\n".join(_lines(outcome)) + "\n").encode())


def _lines(outcome: ProbeOutcome) -> Iterator[str]:
    yield from _head("gnomon_probe_socket", "A socket that speaks ZeroMQ: 1 if it lets in whoever connects, else 0.")
    yield from dict.fromkeys(
        f"gnomon_probe_socket{{{_labels(row)}}} {int(row.verdict == 'open')}" for row in outcome.rows if row.said
    )
    yield from _head("gnomon_probe_places", "Places that were asked, by verdict.")
    for verdict in get_args(Verdict):
        yield f'gnomon_probe_places{{verdict="{verdict}"}} {outcome.counts.get(verdict, 0)}'
    yield from _head("gnomon_probe_findings", "Findings, by severity.")
    found = [finding.severity for finding in outcome.report.findings]
    for severity in Severity:
        yield f'gnomon_probe_findings{{severity="{severity}"}} {found.count(severity)}'
    yield from _head("gnomon_probe_complete", "1 if nothing was skipped.")
    yield f"gnomon_probe_complete {int(not outcome.report.skipped)}"
    yield from _head(
        "gnomon_probe_started_seconds", "When the probe began, in seconds since 1970: alert if it is long ago."
    )
    yield f"gnomon_probe_started_seconds {outcome.began_s}"
    yield from _head("gnomon_probe_duration_seconds", "How long it took.")
    yield f"gnomon_probe_duration_seconds {outcome.elapsed_s:.3f}"


def _head(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _labels(row: Row) -> str:
    """What identifies the socket over time: no process id, which changes with each start."""
    framework = row.owner.framework if row.owner else None
    values = {
        "endpoint": row.endpoint,
        "type": row.kind,
        "mechanism": row.mechanism,
        "protocol": row.protocol,
        "verdict": row.verdict,
        "reach": row.reach,
        "process": row.owner.name if row.owner else "",
        "framework": f"{framework.name} {framework.version}" if framework else "",
    }
    return ",".join(f'{name}="{_value(value)}"' for name, value in values.items())


def _value(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')
