"""The output formats of `gnomon audit` by name, each with the one module that writes it."""

from collections.abc import Callable

from gnomon.render.audit_outcome import AuditOutcome
from gnomon.render.outcome import Document

# To add one: its row here, its case below, a golden file. Nothing is imported before it is asked for.
FORMATS = {
    "text": "For people; colour and line wrapping on a terminal only.",
    "json": "For programs; its fields are listed below.",
    "sarif": "SARIF 2.1.0, for code-scanning services: a result where the flawed code is.",
    "openvex": "OpenVEX 0.2.0: statements about what was seen in the files, with their hashes.",
    "cyclonedx": "CycloneDX 1.6 in JSON: the packages that something is known of, with the same statements.",
    "html": "One page for a browser that needs no network and no other file.",
}


def writer(name: str) -> Callable[[AuditOutcome], Document]:
    """What writes the format of that name, one of FORMATS."""
    match name:
        case "text":
            from gnomon.render.audit_text import write
        case "json":
            from gnomon.render.audit_json import write
        case "sarif":
            from gnomon.render.audit_sarif import write
        case "openvex":
            from gnomon.render.audit_openvex import write
        case "cyclonedx":
            from gnomon.render.audit_cyclonedx import write
        case "html":
            from gnomon.render.html.audit import write
        case _:
            raise KeyError(name)
    return write
