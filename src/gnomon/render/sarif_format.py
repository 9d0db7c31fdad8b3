"""The part of SARIF 2.1.0 that gnomon writes, as structs; names and section numbers are the standard's."""

from typing import Literal

from msgspec import Struct, field

Level = Literal["error", "warning", "note", "none"]
Importance = Literal["essential", "important", "unimportant"]
PropertyBag = dict[str, object]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class _Object(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A SARIF object: names in camel case, absent properties left out."""


class Message(_Object, frozen=True, kw_only=True):
    """§3.11."""

    text: str


class MultiformatMessage(_Object, frozen=True, kw_only=True):
    """§3.12."""

    text: str
    markdown: str


class ArtifactContent(_Object, frozen=True, kw_only=True):
    """§3.3."""

    text: str


class ArtifactLocation(_Object, frozen=True, kw_only=True):
    """§3.4."""

    uri: str | None = None
    uri_base_id: str | None = None
    description: Message | None = None


class Region(_Object, frozen=True, kw_only=True):
    """§3.30: lines and columns count from 1, the end column is exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    snippet: ArtifactContent | None = None


class PhysicalLocation(_Object, frozen=True, kw_only=True):
    """§3.29."""

    artifact_location: ArtifactLocation
    region: Region | None = None


class LogicalLocation(_Object, frozen=True, kw_only=True):
    """§3.33."""

    fully_qualified_name: str


class Location(_Object, frozen=True, kw_only=True):
    """§3.28."""

    physical_location: PhysicalLocation
    logical_locations: tuple[LogicalLocation, ...] = ()
    message: Message | None = None


class ThreadFlowLocation(_Object, frozen=True, kw_only=True):
    """§3.38."""

    location: Location
    execution_order: int
    importance: Importance
    kinds: tuple[str, ...]


class ThreadFlow(_Object, frozen=True, kw_only=True):
    """§3.37."""

    locations: tuple[ThreadFlowLocation, ...]


class CodeFlow(_Object, frozen=True, kw_only=True):
    """§3.36."""

    thread_flows: tuple[ThreadFlow, ...]


class Suppression(_Object, frozen=True, kw_only=True):
    """§3.35."""

    kind: Literal["inSource", "external"]
    justification: str


class Result(_Object, frozen=True, kw_only=True):
    """§3.27."""

    rule_id: str
    rule_index: int
    level: Level
    message: Message
    locations: tuple[Location, ...]
    code_flows: tuple[CodeFlow, ...] = ()
    partial_fingerprints: dict[str, str] = {}
    suppressions: tuple[Suppression, ...] = ()
    properties: PropertyBag = {}


class ReportingConfiguration(_Object, frozen=True, kw_only=True):
    """§3.50."""

    enabled: bool
    level: Level


class ReportingDescriptor(_Object, frozen=True, kw_only=True):
    """§3.49."""

    id: str
    name: str
    short_description: Message
    full_description: Message
    help: MultiformatMessage
    default_configuration: ReportingConfiguration
    properties: PropertyBag


class Driver(_Object, frozen=True, kw_only=True):
    """§3.19."""

    name: str
    version: str
    rules: tuple[ReportingDescriptor, ...]
    properties: PropertyBag


class Tool(_Object, frozen=True, kw_only=True):
    """§3.18."""

    driver: Driver


class Notification(_Object, frozen=True, kw_only=True):
    """§3.58."""

    level: Level
    message: Message
    locations: tuple[Location, ...] = ()


class Invocation(_Object, frozen=True, kw_only=True):
    """§3.20."""

    execution_successful: bool
    tool_execution_notifications: tuple[Notification, ...] = ()


class Run(_Object, frozen=True, kw_only=True):
    """§3.14."""

    tool: Tool
    invocations: tuple[Invocation, ...]
    column_kind: Literal["unicodeCodePoints", "utf16CodeUnits"]
    original_uri_base_ids: dict[str, ArtifactLocation]
    results: tuple[Result, ...]
    properties: PropertyBag


class Log(_Object, frozen=True, kw_only=True):
    """§3.13."""

    schema: str = field(name="$schema")
    version: str
    runs: tuple[Run, ...]
