"""From what was seen to a row of the table and a finding: who can reach the socket, what keeps strangers out."""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from ipaddress import ip_address
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.endpoint import Authentication, Endpoint, Evidence, Reach
from gnomon.core.finding import Finding, Source
from gnomon.core.rule import Rule
from gnomon.core.severity import Confidence, Severity, severity_of
from gnomon.core.site import SocketSite
from gnomon.probe.observation import Observation, Place, State, TcpPlace
from gnomon.probe.owner import Listener, Owner
from gnomon.probe.targets import is_loopback, is_own
from gnomon.probe.zmtp import Speaker

RULE = "zmq-without-authentication"
Verdict = Literal[
    "open",  # whoever connects is let in
    "unclear",  # it speaks ZeroMQ, and did not say whom it lets in
    "denied",  # it turned the probe away
    "protected",  # it demands a mechanism other than NULL
    "not-zeromq",
    "closed",
    "filtered",
    "unreachable",
    "unasked",
    "failed",
]
_OF_STATE: dict[State, Verdict] = {"silent": "not-zeromq", "foreign": "not-zeromq"}
_SENDS_ONLY = {"PUB", "PUSH"}
_AUTHENTICATION: dict[str, Authentication] = {"CURVE": "curve", "PLAIN": "token", "GSSAPI": "token"}


class Row(Struct, frozen=True, kw_only=True):
    """A line of the table: one place that was asked."""

    host: str
    """As named by the user; of a listening socket of this host the address it is bound to; "" for ipc. Untrusted."""
    endpoint: str
    """`tcp://10.0.0.5:5557`, `ipc:///run/x`; untrusted."""
    verdict: Verdict
    state: State
    reach: Reach
    port: int | None = None
    said: Speaker | None = None
    owner: Owner | None = None
    detail: str = ""
    """What else is to be told; untrusted."""

    @property
    def kind(self) -> str:
        """`PULL`; "" if it was not told."""
        return self.said.socket_type if self.said else ""

    @property
    def mechanism(self) -> str:
        """`NULL`; `none` for versions without mechanisms; "" if it was not told."""
        if self.said is None:
            return ""
        return "none" if self.said.version in ("1.0", "2.0") else self.said.mechanism

    @property
    def protocol(self) -> str:
        """`ZMTP 3.1`, or "" if it is no ZeroMQ."""
        return f"ZMTP {self.said.version or '2.0 or newer'}" if self.said else ""


class Joined(Struct, frozen=True, kw_only=True):
    """What else is known of a socket's owner."""

    advisories: tuple[str, ...] = ()
    """Of the release that it runs."""
    matches: tuple[Finding, ...] = ()
    """Unsafe loads in its code that this socket may lead to."""


Join = Callable[[Row], Joined]
"""Asks what is known of a row's owner. `audit` and `scan` are joined by whoever knows them (cli)."""


def nothing_known(_: Row) -> Joined:
    """For who has nothing to join."""
    return Joined()


def row(observation: Observation, listener: Listener | None = None) -> Row:
    """The row of one place; `listener` if it is a socket of this host."""
    seen = _as_bound(observation.place, listener.bound if listener else "")
    return Row(
        host=seen.host if isinstance(seen, TcpPlace) else "",
        endpoint=seen.endpoint,
        port=seen.port if isinstance(seen, TcpPlace) else None,
        verdict=_verdict(observation),
        state=observation.state,
        reach=_reach(seen.address) if isinstance(seen, TcpPlace) else "this-host",
        said=observation.said,
        owner=listener.owner if listener else None,
        detail=observation.detail,
    )


def finding(row: Row, rule: Rule, joined: Joined) -> Finding | None:
    """The finding of a row that speaks ZeroMQ; None for any other."""
    if row.said is None:
        return None
    endpoint = _endpoint(row, row.said)
    severity = severity_of(endpoint)
    if not endpoint.effective and row.kind in _SENDS_ONLY:
        severity = Severity.LOW
    return Finding(
        rule=rule.id,
        severity=severity,
        confidence=_confidence(row.said),
        message=_message(row, row.said, joined),
        site=SocketSite(address=row.endpoint, process=row.owner.words if row.owner else ""),
        qualname=row.kind,
        sink="",
        source=Source(kind="zmq"),
        endpoint=endpoint,
        remedy=rule.remedy if severity is not Severity.NOTE else "",
        advisories=joined.advisories,
        fingerprint=_fingerprint(row, rule),
    )


def _as_bound(place: Place, bound: str) -> Place:
    match place:
        case TcpPlace() if bound:
            return replace(place, host=bound, address=bound)
    return place


def _verdict(observation: Observation) -> Verdict:
    match observation.said:
        case None:
            return _OF_STATE.get(observation.state) or _same(observation.state)
        case Speaker(admission="open"):
            return "open"
        case Speaker(admission="denied" | "hung-up"):
            return "denied"
        case Speaker(mechanism="" | "NULL"):
            return "unclear"
    return "protected"


def _same(state: State) -> Verdict:
    match state:
        case "closed" | "filtered" | "unreachable" | "unasked" | "failed":
            return state
    raise AssertionError(state)


def _reach(address: str) -> Reach:
    return "this-host" if is_loopback(address) else "any-host"


def _endpoint(row: Row, said: Speaker) -> Endpoint:
    authentication: Authentication = "none"
    if row.verdict == "denied":
        authentication = "peer-address"
    elif row.verdict == "protected":
        authentication = _AUTHENTICATION.get(said.mechanism, "unknown")
    elif row.verdict == "unclear":
        authentication = "unknown"
    return Endpoint(
        role="bind",
        transport="ipc" if row.port is None else "tcp",
        address=row.endpoint,
        reach=row.reach,
        authentication=authentication,
        effective=row.verdict in ("denied", "protected"),
        evidence=tuple(_evidence(row, said)),
    )


def _evidence(row: Row, said: Speaker) -> Iterator[Evidence]:
    yield Evidence(claim="role", basis="observed", note="it took a connection")
    if row.port is None:
        yield Evidence(claim="reach", basis="observed", note="a unix socket")
    else:
        yield Evidence(claim="reach", basis="inferred", note=_who(row.endpoint[len("tcp://") :].rpartition(":")[0]))
    basis: Literal["observed", "inferred", "assumed"] = "observed"
    if row.verdict == "unclear":
        basis = "assumed"
    elif row.verdict == "protected" or said.admission == "hung-up" or said.version == "1.0":
        basis = "inferred"
    yield Evidence(claim="authentication", basis=basis, note=_why(row, said))


def _who(address: str) -> str:
    plain = address.strip("[]")
    if ip_address(plain.partition("%")[0]).is_unspecified:
        return "bound to every interface: whoever a packet filter lets through"
    if is_loopback(plain):
        return "a loopback address: processes of its host"
    if is_own(plain):
        return "a private address: every host of its network that a packet filter lets through"
    return "a public address: whoever a packet filter lets through"


def _why(row: Row, said: Speaker) -> str:
    """One clause on what keeps strangers out, or does not."""
    if row.mechanism == "none":
        return f"{row.protocol} has no authentication"
    match said.admission:
        case "open":
            return f"{row.protocol}, mechanism NULL: it answered READY to a stranger"
        case "denied":
            return f"{row.protocol}, mechanism NULL: it answered ERROR {said.reason}: its application turned us away"
        case "hung-up":
            return f"{row.protocol}, mechanism NULL: it closed the connection instead of answering READY"
        case "unanswered":
            return f"{row.protocol}, mechanism NULL: no answer in time{f', {said.odd}' if said.odd else ''}"
    if not said.mechanism:
        return f"{row.protocol}: it was not asked for its mechanism{f', {said.odd}' if said.odd else ''}"
    plain = ", which sends passwords readably" if said.mechanism == "PLAIN" else ""
    return f"{row.protocol}, mechanism {said.mechanism}{plain}; whether who is let in is checked is not visible"


def _confidence(said: Speaker) -> Confidence:
    if said.admission in ("unanswered", "hung-up") or not (said.mechanism or said.version in ("1.0", "2.0")):
        return Confidence.LOW
    return Confidence.MEDIUM if said.version == "1.0" or said.mechanism == "PLAIN" else Confidence.HIGH


def _message(row: Row, said: Speaker, joined: Joined) -> str:
    kind = f"{row.kind} socket" if row.kind else "ZeroMQ socket"
    whose = f" of {row.owner.words}" if row.owner else ""
    does = {
        "open": "lets in whoever connects",
        "denied": "turns strangers away",
        "protected": f"demands {said.mechanism}",
        "unclear": "did not say whom it lets in",
    }[row.verdict]
    how = row.protocol if row.mechanism in ("none", "") else f"{row.protocol}, {row.mechanism}"
    return f"{kind}{whose} at {row.endpoint} {does} ({how}){_matching(joined)}"


def _matching(joined: Joined) -> str:
    if not joined.matches:
        return ""
    first, more = joined.matches[0], len(joined.matches) - 1
    others = f" and {more} more" if more else ""
    return (
        f"; in its code `{first.sink}` at {first.site.path}:{first.site.line}{others} loads what such a socket receives"
    )


def _fingerprint(row: Row, rule: Rule) -> str:
    """The same socket on the same address, whatever process has it today."""
    told = f"{rule.id}\0{row.endpoint}\0{row.kind}"
    return blake2b(told.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
