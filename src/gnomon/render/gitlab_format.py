"""The part of GitLab's SAST report, schema 15.2.0, that gnomon writes, as structs; names are the schema's.

https://gitlab.com/gitlab-org/security-products/security-report-schemas; 15.2 is the first with code flows.
"""

from typing import Literal

from msgspec import Struct

SCHEMA = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.2.0/dist/sast-report-format.json"
)
VERSION = "15.2.0"
Severity = Literal["Critical", "High", "Medium", "Low", "Info", "Unknown"]
NodeType = Literal["source", "propagation", "sink"]


class _Object(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An object; absent properties are left out."""


class Vendor(_Object, frozen=True, kw_only=True):
    """Who makes the tool."""

    name: str


class Tool(_Object, frozen=True, kw_only=True):
    """What scanned; the schema wants it twice, as analyzer and as scanner."""

    id: str
    name: str
    version: str
    vendor: Vendor


class Message(_Object, frozen=True, kw_only=True):
    """For whoever started the scan."""

    level: Literal["info", "warn", "fatal"]
    value: str


class Scan(_Object, frozen=True, kw_only=True):
    """The run; times are UTC, without a zone."""

    analyzer: Tool
    scanner: Tool
    start_time: str
    end_time: str
    status: Literal["success", "failure"]
    type: Literal["sast"]
    messages: tuple[Message, ...]


class Identifier(_Object, frozen=True, kw_only=True):
    """What a vulnerability is known as; the first one decides what is the same in another run."""

    type: str
    name: str
    value: str
    url: str = ""


class Location(_Object, frozen=True, kw_only=True):
    """A place in a file of the project."""

    file: str
    start_line: int
    end_line: int
    method: str


class FileLocation(_Object, frozen=True, kw_only=True, tag_field="type", tag="file-location"):
    """A place in a code flow."""

    file_name: str
    line_start: int
    line_end: int


class FlowNode(_Object, frozen=True, kw_only=True, tag_field="type", tag="code-flow-node"):
    """One step of a code flow."""

    node_type: NodeType
    file_location: FileLocation


class CodeFlows(_Object, frozen=True, kw_only=True, tag_field="type", tag="code-flows"):
    """The ways from source to sink, at most ten."""

    name: str
    items: tuple[tuple[FlowNode, ...], ...]


class Text(_Object, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """Plain text with a heading."""

    name: str
    value: str


class Signature(_Object, frozen=True, kw_only=True):
    """What a vulnerability keeps when code moves."""

    algorithm: Literal["hash"]
    value: str


class Tracked(_Object, frozen=True, kw_only=True):
    """What is followed through changes of the project."""

    file: str
    start_line: int
    end_line: int
    signatures: tuple[Signature, ...]


class Tracking(_Object, frozen=True, kw_only=True, tag_field="type", tag="source"):
    """How the vulnerability is found again."""

    items: tuple[Tracked, ...]


class Vulnerability(_Object, frozen=True, kw_only=True):
    """One finding; `description` and `solution` are shown as GitLab's Markdown."""

    id: str
    name: str
    description: str
    severity: Severity
    solution: str
    identifiers: tuple[Identifier, ...]
    location: Location
    details: dict[str, CodeFlows | Text]
    tracking: Tracking
    raw_source_code_extract: str = ""


class Report(_Object, frozen=True, kw_only=True):
    """The document."""

    schema: str
    version: str
    scan: Scan
    vulnerabilities: tuple[Vulnerability, ...]
