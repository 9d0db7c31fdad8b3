"""A bind that is open to every interface -> one on loopback: suggested, since who should reach it is not in the code.

It lessens who can send, and cures nothing: what arrives is still unpickled.
"""

import re
from collections.abc import Iterator

from gnomon.core.channel import Channel
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Patch, Replacement, Style
from gnomon.core.site import CodeSite
from gnomon.fix.narrowing import Narrowing
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
_LOOPBACK = Narrowing()
_ONE = "a peer that comes by another interface can't connect any more, nor one on this host that names loopback"
_NARROWS = (
    "every host behind that interface can still run code here: this narrows who reaches the flaw, and removes nothing"
)
_FAR = "a peer on another host can't connect any more"


def offer(
    channel: Channel | None,
    findings: tuple[Finding, ...],
    sources: Sources,
    where: Narrowing = _LOOPBACK,
    *,
    style: Style = "wire",
) -> Offer:
    """The narrower address for findings that come through one channel; impossible if nothing says where it is written.

    `where` is loopback or an interface; `style` is what the user asked for: an address has none.
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
    unfit = tuple(dict.fromkeys(_unfit(channel, findings, wide, where, sources)))
    if unfit:
        title = _title(wide, where)
        return Offer(findings=findings, style=style, recipe=RECIPE, standing="impossible", title=title, why=unfit)
    clients, told = _clients(channel, wide, where, sources)
    replacements = tuple(_replacement(each, where) for each in wide)
    return Offer(
        findings=findings,
        style=style,
        recipe=RECIPE,
        standing="suggested",
        title=_title(wide, where),
        why=(*((_FAR, _STILL) if where.kind == "loopback" else (_ONE, _NARROWS)), *_users(wide)),
        patch=Patch(replacements=tuple(dict.fromkeys([*replacements, *clients]))),
        afterwards=(*told, *(_alternatives(channel, findings, wide, sources) if where.kind == "loopback" else ())),
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


def host_of(host: str, where: Narrowing) -> str:
    """What takes the place of a host that stands for every interface."""
    if where.kind == "loopback":
        return narrow(host)
    return f"[{where.value}]" if where.family == "6" and not host.startswith(":") else where.value


def _unfit(
    channel: Channel | None,
    findings: tuple[Finding, ...],
    wide: tuple[Written, ...],
    where: Narrowing,
    sources: Sources,
) -> Iterator[str]:
    """Why an interface can't take the place of these hosts: clauses."""
    if where.kind != "interface":
        return
    for each in wide:
        at = f"{each.path}:{each.span.line}"
        is_six = each.host.startswith(("[", ":"))
        if not where.family and not (_is_zmq(channel, findings) and "://" in each.code):
            yield f"only ZeroMQ's addresses take an interface by its name: {at} needs the interface's own address"
        elif where.family == "4" and is_six:
            yield f"{at} binds by IPv6: give the interface's IPv6 address, or its name"
        elif where.family == "6" and not is_six and not _switches_ipv6(each.path, sources):
            yield f"nothing in {each.path} switches IPv6 on, and {at} binds without it: give an IPv4 address"
        elif where.family == "6" and not is_six and "://" not in each.code:
            yield f"{at} binds by IPv4: give the interface's IPv4 address"


def _replacement(each: Written, where: Narrowing) -> Replacement:
    return Replacement(path=each.path, span=each.span, pieces=(each.with_host(host_of(each.host, where)),))


def _title(wide: tuple[Written, ...], where: Narrowing) -> str:
    first = wide[0]
    host = f"`{first.host}`" if first.host else "an empty host"
    new = host_of(first.host, where)
    done = f"Make `{new}` {first.what}, in place of {host}" if first.what else f"Bind to `{new}` in place of {host}"
    more = f" and {len(wide) - 1} more" if len(wide) > 1 else ""
    return f"{done} ({first.path}:{first.span.line}{more})"


def _users(wide: tuple[Written, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(user for each in wide for user in each.users))


def _clients(
    channel: Channel | None, wide: tuple[Written, ...], where: Narrowing, sources: Sources
) -> tuple[tuple[Replacement, ...], tuple[str, ...]]:
    """Literals that connect to the same port by another host's name, and what has to be changed by hand."""
    ports = {match[1] for each in wide for match in _PORT.finditer(each.code)}
    host = host_of(wide[0].host, where)
    replacements: list[Replacement] = []
    told: list[str] = []
    for end in channel.ends if channel is not None else ():
        for operation in end.operations if end.role == "connect" else ():
            if operation.kind != "endpoint":
                continue
            replaced = _client(operation.site, host, ports, where, sources)
            if isinstance(replaced, Replacement):
                replacements.append(replaced)
            elif replaced:
                told.append(replaced)
    return tuple(replacements), tuple(told)


def _client(site: CodeSite, host: str, ports: set[str], where: Narrowing, sources: Sources) -> Replacement | str:
    """The new literal; what to do by hand; or "" where it connects to what is bound then."""
    call = sources.call(site.path, site.span)
    span = span_of(call.args[0]) if call is not None and call.args else None
    code = sources.code(site.path, span) if span is not None else ""
    match = _PEER.search(code)
    if where.kind == "interface" and not where.family:
        local = match is not None and _HERE.fullmatch(match["host"]) is not None
        if match is not None and not local:
            return ""
        return f"See that {site.path}:{site.line} connects to an address of {host}: loopback is none."
    if span is None or match is None or match["tail"][1:] not in ports:
        return f"See that {site.path}:{site.line} connects to {host}: its address is not written there."
    if where.kind == "interface" and match["host"] == host:
        return ""
    if where.kind == "loopback" and _HERE.fullmatch(match["host"]) and (host == "[::1]") == (match["host"] == "[::1]"):
        return ""
    if where.family == "6" and not _switches_ipv6(site.path, sources):
        return f"See that {site.path}:{site.line} connects to {host}: nothing there switches IPv6 on."
    new = code[: match.start("host")] + host + code[match.end("host") :]
    return Replacement(path=site.path, span=span, pieces=(new,))


def _alternatives(
    channel: Channel | None, findings: tuple[Finding, ...], wide: tuple[Written, ...], sources: Sources
) -> tuple[str, ...]:
    """What else can be done, where loopback is not it."""
    if not _is_zmq(channel, findings):
        return ("Peers on other hosts: bind to the address of the one interface that they come by.", _CONTAINER)
    both = any(each.host == "*" and _switches_ipv6(each.path, sources) for each in wide)
    return (*_ZEROMQ, *((_BOTH_FAMILIES,) if both else ()), _CONTAINER)


def _is_zmq(channel: Channel | None, findings: tuple[Finding, ...]) -> bool:
    from_sockets = any(finding.source.kind == "zmq" for finding in findings)
    return from_sockets or (channel is not None and channel.kind == "zmq")


def _switches_ipv6(path: str, sources: Sources) -> bool:
    return re.search(r"\bIPV6\b|\.ipv6\b", sources.text(path)) is not None
