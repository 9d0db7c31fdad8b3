"""Findings whose endpoint lies in a network that the user trusts: milder, never hidden."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec.structs import replace

from gnomon.core.endpoint import Evidence
from gnomon.core.finding import Finding
from gnomon.core.severity import Severity

Network = IPv4Network | IPv6Network
_LOWERED = Severity.MEDIUM
_MAX_SHOWN = 4
"""Alternatives that an address tells for sure; with more, some may not be told."""
# The host must be a literal; a port known at run time changes nothing, a user name (`10.0.0.1@host`) would.
_LITERAL = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?P<host>[\d.]{7,15}|\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Fa-f:.]{2,45})"
    r"(?::(?:\d+|\*|\{[^{}@/]*\}))?(?:/[^@]*)?"
)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks, from CIDR notation. Raises ValueError naming the text that is none."""
    return tuple(ip_network(text) for text in texts)


def lowered(finding: Finding, trusted: Sequence[Network], origin: str) -> Finding:
    """The finding, `medium` at most if each address it can be reached at is a literal one inside a trusted network.

    `origin` names what declares the trust. Not lowered: a peer that a request chooses, the wildcard address, and what
    has other addresses beside the one told.
    """
    endpoint = finding.endpoint
    if not trusted or endpoint is None or not finding.severity.at_least(_LOWERED) or finding.severity is _LOWERED:
        return finding
    if endpoint.peer_chosen_by_request or finding.other_addresses or not endpoint.address:
        return finding
    addresses = endpoint.address.split(" or ")
    holding = [_holding(address, trusted) for address in addresses]
    if len(addresses) > _MAX_SHOWN or not all(holding):
        return finding
    names = ", ".join(dict.fromkeys(str(network) for network in holding))
    note = f"trusted by {origin}: inside of {names}; lowered from {finding.severity.value}"
    evidence = Evidence(claim="reach", basis="assumed", note=note)
    return replace(finding, severity=_LOWERED, endpoint=replace(endpoint, evidence=(*endpoint.evidence, evidence)))


def _holding(address: str, trusted: Sequence[Network]) -> Network | None:
    """The first trusted network that the address lies in."""
    literal = _LITERAL.fullmatch(address)
    if literal is None:
        return None
    try:
        host = ip_address(literal["host"].strip("[]"))
    except ValueError:
        return None
    if host.is_unspecified:  # every interface, whatever network it may seem to lie in
        return None
    return next((network for network in trusted if host in network), None)
