"""The output formats of `gnomon probe` by name, each with the one module that writes it."""

from collections.abc import Callable

from gnomon.render.outcome import Document
from gnomon.render.probe_outcome import ProbeOutcome

# To add one: its row here, its case below, a golden file. Nothing is imported before it is asked for.
FORMATS = {
    "text": "For people; colour and line wrapping on a terminal only.",
    "json": "For programs; its fields are listed below.",
    "sarif": "SARIF 2.1.0, for code-scanning services: the findings, each at the address of its socket.",
    "csv": "The table, for spreadsheets (RFC 4180).",
    "prometheus": "Metrics, for the textfile collector of Prometheus' node exporter.",
    "html": "One page for a browser that needs no network and no other file.",
}


def writer(name: str) -> Callable[[ProbeOutcome], Document]:
    """What writes the format of that name, one of FORMATS."""
    match name:
        case "text":
            from gnomon.render.probe_text import write
        case "json":
            from gnomon.render.probe_json import write
        case "sarif":
            from gnomon.render.probe_sarif import write
        case "csv":
            from gnomon.render.probe_csv import write
        case "prometheus":
            from gnomon.render.probe_prometheus import write
        case "html":
            from gnomon.render.html.probe import write
        case _:
            raise KeyError(name)
    return write
