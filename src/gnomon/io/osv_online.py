"""The OSV service asked about packages (https://google.github.io/osv.dev/api/), only where the user says so.

Names and versions of packages leave the machine. Whatever is not answered is told, never taken for "nothing known".
"""

import os
from collections.abc import Iterator, Sequence
from http.client import HTTPException

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from gnomon.core.advisory import Advisories, Advisory
from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.io.offline import is_offline
from gnomon.io.osv import NoRecord, advisory, record
from gnomon.io.pip_settings import pip_settings
from gnomon.io.transfer import NoAnswer, Transfer, shown

_SERVICE = "https://api.osv.dev"
_BATCH = 500
"""Packages of one question; the service takes 1,000."""
_MAX_ANSWER_BYTES = 64_000_000
_MAX_RECORDS = 5_000
_PATIENCE_S = 20.0
_PIECE = 1 << 16


class _Id(Struct):
    id: str = ""


class _Result(Struct):
    vulns: list[_Id] = field(default_factory=list)
    next_page_token: str = ""


class _Results(Struct):
    results: list[_Result] = field(default_factory=list)


def looked_up(packages: Sequence[Package], today: str) -> tuple[Advisories, tuple[Skipped, ...]]:
    """What the service knows of the packages, and what it did not answer."""
    service = os.environ.get("GNOMON_OSV_URL", _SERVICE).rstrip("/")
    if is_offline():
        return Advisories(name=f"OSV service {shown(service)}", advisories=()), (
            Skipped(path=shown(service), reason="it was not asked: GNOMON_OFFLINE is set"),
        )
    asked = [package for package in packages if package.purl.type == "pypi" and package.version]
    skipped: list[Skipped] = []
    transfer = Transfer(replace(pip_settings(), timeout_s=_PATIENCE_S))
    found: list[Advisory] = []
    try:
        ids = [
            each
            for start in range(0, len(asked), _BATCH)
            for each in _ids(asked[start : start + _BATCH], service, transfer)
        ]
        if len(set(ids)) > _MAX_RECORDS:
            skipped.append(
                Skipped(
                    path=shown(service),
                    reason=f"it knows more than {_MAX_RECORDS:,} records; the rest was not asked for",
                )
            )
        for identity in list(dict.fromkeys(ids))[:_MAX_RECORDS]:
            each = advisory(record(_answer(transfer, f"{service}/v1/vulns/{identity}", None)), "OSV service")
            if each is not None:
                found.append(each)
    except (NoAnswer, NoRecord, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        skipped.append(
            Skipped(path=shown(service), reason=f"the look-up failed: {str(error)[:200] or type(error).__name__}")
        )
    answer = Advisories(
        name=f"OSV service {shown(service)}",
        advisories=tuple(found),
        version=f"{len(asked)} packages asked",
        date=today,
    )
    return answer, tuple(skipped)


def _ids(packages: Sequence[Package], service: str, transfer: Transfer) -> Iterator[str]:
    """Ids of the records about the packages. Raises NoAnswer where the answer is not whole."""
    queries = [{"package": {"purl": str(package.purl)}} for package in packages]
    data = _answer(transfer, f"{service}/v1/querybatch", msgspec.json.encode({"queries": queries}))
    results = msgspec.json.decode(data, type=_Results).results
    if len(results) != len(packages):
        raise NoAnswer(f"{len(results):,} answers to {len(packages):,} questions")
    for result in results:
        if result.next_page_token:
            raise NoAnswer("it has more records about a package than fit into its answer")
        yield from (each.id for each in result.vulns if each.id.replace("-", "").replace(":", "").isalnum())


def _answer(transfer: Transfer, url: str, body: bytes | None) -> bytes:
    with transfer.open(url, "application/json", body) as answer:
        parts: list[bytes] = []
        size = 0
        try:
            while part := answer.read(_PIECE):
                size += len(part)
                if size > _MAX_ANSWER_BYTES:
                    raise NoAnswer("its answer is too large")
                parts.append(part)
        except (OSError, HTTPException) as error:
            raise NoAnswer(str(error) or type(error).__name__) from None
        return b"".join(parts)
