"""The bytes of a file as what gnomon once wrote into it, known by its shape; what is none is told, never raised."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec
from msgspec import Struct

from gnomon.render.audit_json import JsonAudit
from gnomon.render.html.contents import GuardRun
from gnomon.render.html.guard_lines import guard_run
from gnomon.render.html.terms import Document, unknown_term
from gnomon.render.json import JsonReport
from gnomon.render.probe_json import JsonProbe
from gnomon.render.trace_json import JsonTrace

SCHEMA = 1
_Fields: TypeAlias = dict[str, msgspec.Raw]
_KINDS: dict[str, tuple[frozenset[str], type[Document]]] = {
    "probe": (frozenset({"sockets", "findings"}), JsonProbe),
    "audit": (frozenset({"verdicts", "packages"}), JsonAudit),
    "trace": (frozenset({"targets", "signatures"}), JsonTrace),
    "scan": (frozenset({"findings", "suppressed"}), JsonReport),
}
"""By verb: names that only its documents have together, in an order in which the first that fits is right."""
_AGAIN = "the same command with --format json, and what it writes"
_FOREIGN = {
    "offers": ("is what `gnomon fix` writes", "gnomon scan TARGET --format json -o FILE"),
    "runs": ("is SARIF, which has less than a report", _AGAIN),
    "bomFormat": ("is a bill of materials of CycloneDX", _AGAIN),
    "spdxVersion": ("is a bill of materials of SPDX", "gnomon audit FILE --format json"),
    "statements": ("has statements of OpenVEX, and no audit", _AGAIN),
    "vulnerabilities": ("is a report for GitLab", _AGAIN),
}
"""Other documents by a name at their top: what it is, and what to type."""


class Problem(Struct, frozen=True, kw_only=True):
    """Why a file, or a part of it, is not on the page."""

    where: str
    what: str
    """A clause without a full stop, whose subject is the file."""
    remedy: str = ""


Part: TypeAlias = Document | GuardRun | Problem


def parts(file: str, data: bytes) -> Iterator[Part]:
    """What is in a file: one document, an array of them, or guard's events, one a line."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        yield Problem(where=file, what="is empty", remedy="gnomon scan TARGET --format json -o FILE")
        return
    try:
        documents = _documents(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        run = guard_run(file, text.splitlines())
        yield run if run is not None else Problem(where=file, what=f"is no JSON ({_clause(error)})", remedy=_AGAIN)
        return
    for number, document in enumerate(documents, 1):
        yield _part(f"{file}, report {number}" if len(documents) > 1 else file, file, document)
    if not documents:
        yield Problem(where=file, what="has no report in it", remedy=_AGAIN)


def _documents(text: bytes) -> Sequence[msgspec.Raw]:
    if text.startswith(b"["):
        return msgspec.json.decode(text, type=list[msgspec.Raw])
    msgspec.json.decode(text, type=_Fields)
    return [msgspec.Raw(text)]


def _part(where: str, file: str, document: msgspec.Raw) -> Part:
    try:
        fields = msgspec.json.decode(document, type=_Fields)
        if "event" in fields and "schema" not in fields:
            run = guard_run(file, [bytes(document)])
            return run if run is not None else Problem(where=where, what="is no event of guard")
        verb = next((verb for verb, (names, _) in _KINDS.items() if names <= fields.keys()), "")
        if not verb:
            return _foreign(where, fields)
        if (schema := msgspec.json.decode(fields.get("schema", msgspec.Raw(b"null")))) != SCHEMA:
            return _of_other_schema(where, schema)
        found = msgspec.json.decode(document, type=_KINDS[verb][1])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Problem(where=where, what=f"is no whole report of gnomon ({_clause(error)})", remedy=_AGAIN)
    if term := unknown_term(found):
        return Problem(
            where=where,
            what=f"was written by a newer gnomon, or changed: {term}, which this one does not know",
            remedy="pip install --upgrade gnomon",
        )
    return found


def _foreign(where: str, fields: _Fields) -> Problem:
    what, remedy = next((told for name, told in _FOREIGN.items() if name in fields), ("is no report of gnomon", ""))
    return Problem(where=where, what=what, remedy=remedy or "gnomon scan TARGET --format json -o FILE")


def _of_other_schema(where: str, schema: object) -> Problem:
    newer = isinstance(schema, int) and schema > SCHEMA
    return Problem(
        where=where,
        what=f"is of schema {str(schema)[:40]}, and this gnomon reads schema {SCHEMA}",
        remedy="pip install --upgrade gnomon" if newer else _AGAIN,
    )


def _clause(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    return str(error)[:200]
