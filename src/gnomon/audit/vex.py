"""Verdicts as statements that other tools take: one a package and flaw, from what was seen, not from versions alone."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from gnomon.core.audit import FINDINGS, Examined, Verdict

VexStatus = Literal["affected", "not_affected", "fixed", "under_investigation"]
Justification = Literal["", "vulnerable_code_not_present", "inline_mitigations_already_exist"]


class Statement(Struct, frozen=True, kw_only=True):
    """What is said about a package and a flaw (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md)."""

    verdict: Verdict
    status: VexStatus
    justification: Justification = ""
    """Why it is not affected."""
    impact: str = ""
    action: str = ""
    """What to do, where it is affected."""
    files: tuple[Examined, ...] = ()
    """The files that say so."""


def statements(verdicts: Sequence[Verdict]) -> Iterator[Statement]:
    """A statement for each verdict that is more than a comparison of versions, or that needs an action."""
    for verdict in verdicts:
        if verdict.status in FINDINGS:
            note = verdict.remedy.note if verdict.remedy is not None else "see the advisory"
            wanted = f"update to {verdict.remedy.version}: " if verdict.remedy and verdict.remedy.version else ""
            yield Statement(
                verdict=verdict,
                status="affected",
                impact=verdict.reason,
                action=f"{wanted}{note}",
                files=verdict.examined,
            )
        elif verdict.status == "unknown":
            yield Statement(verdict=verdict, status="under_investigation", impact=verdict.reason)
        elif verdict.status == "mitigated":
            yield _not_affected(verdict, "inline_mitigations_already_exist")
        elif verdict.code == "absent" and verdict.version == "fixed" and verdict.status == "clear":
            yield Statement(verdict=verdict, status="fixed", impact=verdict.reason, files=verdict.examined)
        elif verdict.code == "absent":
            yield _not_affected(verdict, "vulnerable_code_not_present")


def _not_affected(verdict: Verdict, justification: Justification) -> Statement:
    return Statement(
        verdict=verdict,
        status="not_affected",
        justification=justification,
        impact=verdict.reason,
        files=verdict.examined,
    )
