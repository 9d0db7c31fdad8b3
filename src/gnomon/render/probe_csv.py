"""The table of a probe as CSV (RFC 4180): a line a socket, with a line of names above."""

import csv
import io

from gnomon.probe.verdict import Row
from gnomon.render.escape import visible
from gnomon.render.outcome import Document
from gnomon.render.probe_outcome import ProbeOutcome

COLUMNS = (
    "host", "port", "endpoint", "verdict", "type", "mechanism", "protocol", "reach", "owner", "pid", "command", "detail"
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")


def write(outcome: ProbeOutcome) -> Document:
    """The rows that are shown."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows(_line(row) for row in outcome.rows)
    return Document(data=text.getvalue().encode())


def _line(row: Row) -> list[str | int]:
    owner = row.owner
    return [
        _cell(row.host),
        "" if row.port is None else row.port,
        _cell(row.endpoint),
        row.verdict,
        _cell(row.kind),
        _cell(row.mechanism),
        _cell(row.protocol),
        row.reach,
        _cell(owner.words if owner else ""),
        owner.pid if owner else "",
        _cell(owner.command if owner else ""),
        _cell(row.detail),
    ]


def _cell(text: str) -> str:
    """Harmless to print, and to open: a spreadsheet takes what begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
