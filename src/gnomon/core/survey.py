"""What is asked about each target of a survey, and what comes back: the same wherever and whenever it is asked."""

from typing import Literal

from msgspec import Struct

Status = Literal["examined", "incomplete", "failed"]
"""Looked at as a whole; looked at but for what is listed as skipped; could not be read."""


class Tools(Struct, frozen=True, kw_only=True):
    """What decides an answer beside the target: an answer of other tools is another answer."""

    gnomon: str
    knowledge: str
    signatures: str
    python: str
    """`3.11`: syntax trees differ between minor versions."""


class Instructions(Struct, frozen=True, kw_only=True):
    """What is asked about every target of a survey."""

    tools: Tools
    trace: bool = True
    audit: bool = True
    all_functions: bool = False
    """Give every function of a release, not only those that hold a sink."""
    history: bool = False
    """Read the histories of targets in git repositories."""
    folder: str = ""
    """Where relative paths begin, on every machine that is asked; part of no answer."""
    cache: bool = True
    """Use what is kept of earlier runs, and keep what is found; part of no answer."""
    keep_downloads: bool = False
    spare_bytes: int = 0
    """Of free space on the disk that downloads go to, which no download may go below."""
    max_download_bytes: int = 1_000_000_000
    workers: int = 1
    """Processes for one target."""


class Surveyed(Struct, frozen=True, kw_only=True):
    """What one target of a survey gave."""

    target: str
    """As it is in the list."""
    name: str
    """What that means: `pypi:vllm==0.8.4`."""
    project: str = ""
    label: str = ""
    date: str = ""
    """ISO 8601 day; "" if it is not known."""
    basis: str = ""
    """What says so."""
    digest: str = ""
    status: Status
    problem: str = ""
    """Why it could not be read, or what there was to see instead of Python; untrusted text."""
    remedy: str = ""
    """What to type next."""
    passing: bool = False
    """True if it failed for a reason that may be gone later: worth another attempt."""
    files: int = 0
    functions: int = 0
    """That were compared with signatures."""
    lines: int = 0
    document: bytes = b""
    """The public answer, as it is written to a file of its own: render/survey_json.py."""
    part: bytes = b""
    """msgpack of a `trace.held.Part`; empty if there is none."""
    bytes: int = 0
    """Of the files. Last, since it hides the type of this name."""
