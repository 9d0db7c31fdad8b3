"""A bind that is open to every interface -> one on loopback: suggested, since who should reach it is not in the code.

It lessens who can send, and cures nothing: what arrives is still unpickled.
"""

import re

from gnomon.core.channel import Channel
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Patch, Replacement, Style
from gnomon.core.site import CodeSite
from gnomon.fix.sources import Sources, span_of
from gnomon.fix.wide import Written, written

RECIPE = "endpoint"
"""What it is called; the deployment recipe does the same in other files."""
_PORT = re.compile(r":(\d{1,5})(?=[\"'/]|$)")
_PEER = re.compile(r"(?P<lead>://)(?P<host>[\w.-]+|\[[0-9a-fA-F:]+\])(?P<tail>:\d{1,5}(?=[\"']))")
_HERE = re.compile(r"localhost|127(\.\d+){3}|\[::1\]")
_STILL = "whoever is on this host can still run code here: this makes the flaw harder to reach and removes nothing"
_ZEROMQ = (
    "Peers on other hosts: bind to the one interface that they come by, as in `tcp://eth0:5555`.",
    "All peers on this host: `ipc://` with a path in a folder of mode 700, at both ends, keeps other users out too.",
)
_BOTH_FAMILIES = "With IPv6 switched on `*` stands for both families: bind to `tcp://[::1]` as well."
_CONTAINER = "In a container: leave it, and publish the port on one interface, as in `127.0.0.1:5555:5555`."
_FAR = "a peer on another host can't connect any more"


def offer(channel: Channel | None, findings: tuple[Finding, ...], sources: Sources, *, style: Style = "wire") -> Offer:
    """The narrower address for findings that come through one channel; impossible if nothing says where it is written.

    `style` is what the user asked for; an address has none.
    """
    found = {finding: _wide(finding, sources) for finding in findings}
    wide = tuple(dict.fromkeys(each for places in found.values() for each in places))
    findings = tuple(finding for finding, places in found.items() if places) or findings
    bound = _bound(findings)
    if not wide:
        place = f"{bound.path}:{bound.line}" if bound is not None else "an unknown place"
        why = (f"no literal that stands for every interface was found to be what {place} binds to",)
        title = "Narrow the address that is bound"
        return Offer(findings=findings, style=style, recipe=RECIPE, standing="impossible", title=title, why=why)
    clients, told = _clients(channel, wide, sources)
    replacements = tuple(_replacement(each) for each in wide)
    return Offer(
        findings=findings,
        style=style,
        recipe=RECIPE,
        standing="suggested",
        title=_title(wide),
        why=(_FAR, _STILL, *_users(wide)),
        patch=Patch(replacements=tuple(dict.fromkeys([*replacements, *clients]))),
        afterwards=(*told, *_alternatives(channel, findings, wide, sources)),
    )


def _bound(findings: tuple[Finding, ...]) -> CodeSite | None:
    """Where the channel of the findings binds."""
    endpoints = [finding.endpoint for finding in findings if finding.endpoint is not None]
    for claim in ("role", "reach", "address"):
        for endpoint in endpoints:
            for entry in endpoint.evidence:
                if endpoint.role == "bind" and entry.claim == claim and entry.site is not None:
                    return entry.site
    return None


def _wide(finding: Finding, sources: Sources) -> tuple[Written, ...]:
    """The wide literals that the finding's channel binds to."""
    endpoint = finding.endpoint
    if endpoint is None or endpoint.role != "bind" or endpoint.transport in ("ipc", "inproc", "shm"):
        return ()
    sites = {entry.site for entry in endpoint.evidence if entry.site is not None and entry.site.path in sources.python}
    ordered = sorted(sites, key=lambda site: (site.path, site.line))
    found = dict.fromkeys(each for site in ordered for each in written(site, endpoint.decided_by, sources))
    return tuple(sorted(found, key=lambda each: (each.path, each.span.line, each.span.column)))


def narrow(host: str) -> str:
    """The loopback address of the same family as one that stands for every interface."""
    if host.startswith("["):
        return "[::1]"
    return "::1" if host.startswith(":") else "127.0.0.1"


def _replacement(each: Written) -> Replacement:
    return Replacement(path=each.path, span=each.span, pieces=(each.with_host(narrow(each.host)),))


def _title(wide: tuple[Written, ...]) -> str:
    first = wide[0]
    host = f"`{first.host}`" if first.host else "an empty host"
    new = narrow(first.host)
    done = f"Make `{new}` {first.what}, in place of {host}" if first.what else f"Bind to `{new}` in place of {host}"
    more = f" and {len(wide) - 1} more" if len(wide) > 1 else ""
    return f"{done} ({first.path}:{first.span.line}{more})"


def _users(wide: tuple[Written, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(user for each in wide for user in each.users))


def _clients(
    channel: Channel | None, wide: tuple[Written, ...], sources: Sources
) -> tuple[tuple[Replacement, ...], tuple[str, ...]]:
    """Literals that connect to the same port by another host's name, and what has to be changed by hand."""
    ports = {match[1] for each in wide for match in _PORT.finditer(each.code)}
    host = narrow(wide[0].host)
    replacements: list[Replacement] = []
    told: list[str] = []
    for end in channel.ends if channel is not None else ():
        for operation in end.operations if end.role == "connect" else ():
            if operation.kind != "endpoint":
                continue
            replaced = _client(operation.site, host, ports, sources)
            if isinstance(replaced, Replacement):
                replacements.append(replaced)
            elif replaced:
                told.append(replaced)
    return tuple(replacements), tuple(told)


def _client(site: CodeSite, host: str, ports: set[str], sources: Sources) -> Replacement | str:
    """The new literal; what to do by hand; or "" where it connects to loopback already."""
    call = sources.call(site.path, site.span)
    span = span_of(call.args[0]) if call is not None and call.args else None
    code = sources.code(site.path, span) if span is not None else ""
    match = _PEER.search(code)
    if span is None or match is None or match["tail"][1:] not in ports:
        return f"See that {site.path}:{site.line} connects to {host}: its address is not written there."
    if _HERE.fullmatch(match["host"]) and (host == "[::1]") == (match["host"] == "[::1]"):
        return ""
    new = code[: match.start("host")] + host + code[match.end("host") :]
    return Replacement(path=site.path, span=span, pieces=(new,))


def _alternatives(
    channel: Channel | None, findings: tuple[Finding, ...], wide: tuple[Written, ...], sources: Sources
) -> tuple[str, ...]:
    """What else can be done, where loopback is not it."""
    is_zmq = any(finding.source.kind == "zmq" for finding in findings) or (
        channel is not None and channel.kind == "zmq"
    )
    if not is_zmq:
        return ("Peers on other hosts: bind to the address of the one interface that they come by.", _CONTAINER)
    both = any(each.host == "*" and _has_ipv6(each, sources) for each in wide)
    return (*_ZEROMQ, *((_BOTH_FAMILIES,) if both else ()), _CONTAINER)


def _has_ipv6(each: Written, sources: Sources) -> bool:
    return re.search(r"\bIPV6\b|\.ipv6\b", sources.text(each.path)) is not None
