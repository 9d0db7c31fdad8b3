"""One fixed answer of a probe, with every verdict, for the golden files; and answers full of hostile text."""

from datetime import UTC, datetime

from hypothesis import strategies as st
from msgspec.structs import replace

from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.core.finding import Finding, Remark, Report, Skipped, Source
from gnomon.core.rule import Rule
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import SocketSite
from gnomon.probe.observation import IpcPlace, Observation, TcpPlace
from gnomon.probe.owner import Listener, Owner, Package
from gnomon.probe.verdict import Joined, Row, finding, row
from gnomon.probe.zmtp import Speaker
from gnomon.render.page import Style
from gnomon.render.probe_outcome import ProbeOutcome
from tests.render.hostile import TEXTS

RULE = Rule(
    id="zmq-without-authentication",
    title="A listening ZeroMQ socket lets in whoever connects",
    about="socket",
    default=True,
    sources=("zmq",),
    sinks=(),
    remedy="Demand CURVE, or bind to loopback.",
    what="A socket completes its handshake with a stranger.",
    why="Whoever connects is heard.",
    fix="Use CURVE.",
    detection="By asking.",
    blind_spots="Messages that are sealed.",
    cwe=("CWE-306",),
)
OWNER = Owner(
    pid=4711,
    name="python3",
    command="python3 -m vllm.entrypoints.openai.api_server",
    user=1000,
    environment="/opt/venv/lib/python3.11/site-packages",
    framework=Package(name="vllm", version="0.8.4"),
    basis="observed",
    libraries=(Package(name="pyzmq", version="26.2.1"), Package(name="libzmq", version="4.3.5")),
)


def _seen(port: int, address: str = "127.0.0.1", **said: object) -> Observation:
    place = TcpPlace(host="node7", address=address, port=port)
    return Observation(place=place, state="zmtp", said=Speaker(**{"version": "3.1", "mechanism": "NULL"} | said))


OPEN = row(
    _seen(5557, admission="open", socket_type="PULL", identity=b"\x00me", identity_bytes=3),
    Listener(place=_seen(5557).place, bound="0.0.0.0", owner=OWNER),
)
ROWS = (
    OPEN,
    row(
        Observation(place=IpcPlace(path="/run/engine"), state="zmtp", said=Speaker(version="1.0", admission="open")),
        Listener(place=IpcPlace(path="/run/engine"), bound=""),
    ),
    row(_seen(5558, "fd00::7", version="2.0", mechanism="", admission="open", socket_type="PUB")),
    row(_seen(5559, mechanism="CURVE")),
    row(_seen(5560, admission="denied", reason="400")),
    row(_seen(5561, admission="unanswered")),
    row(Observation(place=TcpPlace(host="node7", address="10.0.0.7", port=22), state="foreign", detail="SSH-2.0-x")),
    row(Observation(place=TcpPlace(host="node7", address="10.0.0.7", port=23), state="failed", detail="no files left")),
)
ADVISORIES = Joined(advisories=("CVE-2025-32444",))


def outcome(*, style: Style | None = None, rows: tuple[Row, ...] = ROWS) -> ProbeOutcome:
    """The sample."""
    found = (finding(each, RULE, ADVISORIES if each is OPEN else Joined()) for each in rows)
    report = Report(
        target="node7",
        findings=tuple(each for each in found if each),
        skipped=(Skipped(path="tcp://10.0.0.7:23", reason="no files left"),),
        remarks=(Remark(note="3 unix sockets of processes that are not seen, not asked"),),
        tool_version="1.2.3",
        knowledge_version="sha256:0123456789ab",
    )
    return ProbeOutcome(
        report=report,
        rows=rows,
        counts={"open": 3, "protected": 1, "denied": 1, "unclear": 1, "not-zeromq": 1, "failed": 1, "closed": 992},
        began=datetime(2026, 11, 26, 12, 0, tzinfo=UTC),
        elapsed_s=0.5,
        rules=(RULE,),
        style=style or Style(),
    )


PACKAGES = st.builds(Package, name=TEXTS, version=TEXTS)
OWNERS = st.builds(
    Owner,
    pid=st.just(7),
    name=TEXTS,
    command=TEXTS,
    environment=TEXTS,
    framework=st.none() | PACKAGES,
    basis=st.sampled_from(["observed", "inferred"]),
    libraries=st.lists(PACKAGES, max_size=1).map(tuple),
)
HOSTILE_ROWS = st.builds(
    Row,
    host=TEXTS,
    endpoint=TEXTS,
    verdict=st.sampled_from(["open", "failed", "protected"]),
    state=st.just("zmtp"),
    reach=st.just("any-host"),
    port=st.sampled_from([None, 5557]),
    said=st.none() | st.builds(Speaker, version=TEXTS, mechanism=TEXTS, socket_type=TEXTS, reason=TEXTS),
    owner=st.none() | OWNERS,
    detail=TEXTS,
)
HOSTILE_FINDINGS = st.builds(
    Finding,
    rule=st.just(RULE.id),
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    message=TEXTS,
    site=st.builds(SocketSite, address=TEXTS, process=TEXTS),
    qualname=TEXTS,
    sink=st.just(""),
    source=st.just(Source(kind="zmq")),
    endpoint=st.builds(
        Endpoint,
        address=TEXTS,
        evidence=st.tuples(st.builds(Evidence, claim=st.just("reach"), basis=st.just("observed"), note=TEXTS)),
    ),
    remedy=TEXTS,
    advisories=st.lists(TEXTS, max_size=2).map(tuple),
)


def _hostile(target: str, rows: list[Row], findings: list[Finding], reason: str) -> ProbeOutcome:
    report = replace(
        outcome().report,
        target=target,
        findings=tuple(findings),
        skipped=(Skipped(path=target, reason=reason),),
        remarks=(Remark(note=reason),),
    )
    return replace(outcome(), report=report, rows=tuple(rows))


OUTCOMES = st.builds(_hostile, TEXTS, st.lists(HOSTILE_ROWS, max_size=2), st.lists(HOSTILE_FINDINGS, max_size=2), TEXTS)
