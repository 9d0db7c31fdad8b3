"""The one answer of `gnomon audit` that golden files are made from: every status, and text that must be escaped."""

from datetime import UTC, datetime

from gnomon.core.advisory import Advisory, AffectedPackage, PublicRecord, Range
from gnomon.core.audit import Audited, DataSource, Examined, Remedy, Sight, Status, Verdict
from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Remark, Skipped
from gnomon.core.package import Package
from gnomon.core.purl import pypi
from gnomon.core.severity import Severity
from gnomon.render.audit_outcome import AuditOutcome

HOSTILE = "\x1b[31mred\u202e ](http://x) ##[x]"
PATH = "lib/site-packages/acme/queue.py"
_CODE = {"affected": "present", "still-flawed": "present", "mitigated": "mitigated", "code-absent": "absent"}


def package(version: str = "1.0", name: str = "acme") -> Package:
    """A release."""
    return Package(purl=pypi(name, version), naming="installed", where=f"lib/{name}.dist-info", files="x")


def advisory(identity: str, title: str = "acme: a socket unpickles what arrives", **more: object) -> Advisory:
    """A known flaw."""
    return Advisory(
        **{
            "id": identity,
            "aliases": ("GHSA-aaaa-bbbb-cccc",),
            "title": title,
            "summary": "What arrives goes to pickle.loads().",
            "kind": "network-pickle",
            "reach": "any-host",
            "precondition": "several hosts",
            "affected": (AffectedPackage(purl="pkg:pypi/acme", ranges=(Range(fixed="2"),)),),
            "verified": True,
            "record": PublicRecord(source="CVE", wrong="It names the wrong release."),
            "references": (f"https://example.org/{identity}",),
        }
        | more
    )


def verdict(status: Status, identity: str, severity: Severity = Severity.NOTE, **more: object) -> Verdict:
    """What is said about a package."""
    code = _CODE.get(status, "not-looked-at")
    sight = Sight(
        path=PATH, line=7, qualname="Server.handle", what="pickle.loads", basis="scan",
        endpoint=Endpoint(role="bind", transport="tcp", address="tcp://*:5557", reach="any-host"), sha256="a" * 64,
    )  # fmt: skip
    return Verdict(
        **{
            "package": package(),
            "advisory": advisory(identity),
            "status": status,
            "severity": severity,
            "version": "affected",
            "record": "fixed" if status == "still-flawed" else "affected",
            "code": code,
            "reason": "Server.handle uses pickle.loads",
            "sights": (sight,) if code == "present" else (),
            "examined": (Examined(path=PATH, sha256="a" * 64, unchanged=True),) if code != "not-looked-at" else (),
        }
        | more
    )


def outcome() -> AuditOutcome:
    """All of it."""
    found = (
        verdict("affected", "CVE-1", Severity.CRITICAL, remedy=Remedy(version="2.0", note="repairs CVE-1")),
        verdict("still-flawed", "CVE-2", Severity.HIGH, remedy=Remedy(note="no release is known to be without it")),
        verdict(
            "by-version", "CVE-3", Severity.HIGH, advisory=advisory("CVE-3", HOSTILE, kind="other", verified=False)
        ),
        verdict("by-version", "CVE-4", Severity.MEDIUM, package=package(HOSTILE, HOSTILE), reason=HOSTILE),
        verdict("unknown", "CVE-5", Severity.HIGH, package=package("")),
        verdict("mitigated", "CVE-6"),
        verdict("code-absent", "CVE-7"),
        verdict("clear", "CVE-8", code="absent", version="fixed"),
        verdict("clear", "CVE-9"),
    )
    return AuditOutcome(
        audited=Audited(
            target=f"env {HOSTILE}",
            kind="environment",
            packages=(package(), package(HOSTILE, HOSTILE)),
            verdicts=found,
            clear=2,
            sources=(
                DataSource(name="gnomon's own", records=9, version="sha256:0", date="2026-11-26", age_days=1),
                DataSource(name="OSV dump all.zip", records=1, version="of 9", date="", age_days=None, stale="too old"),
            ),
            skipped=(Skipped(path=f"{HOSTILE}.dist-info", reason=HOSTILE),),
            remarks=(Remark(path=PATH, note="changed since acme 1.0 was installed"),),
            files=3,
            digest="sha256:0",
        ),
        began=datetime(2026, 11, 26, 12, 0, tzinfo=UTC),
        elapsed_s=0.5,
        tool_version="1",
    )
