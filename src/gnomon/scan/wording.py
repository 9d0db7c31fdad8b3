"""What a finding says, in words: the message, the notes of the flow's steps, where a walk ended."""

from gnomon.core.endpoint import Endpoint
from gnomon.core.site import Step
from gnomon.scan.sinks import SinkSite
from gnomon.scan.values import Found, Opaque, Outside, Result


def ending(found: Found | None) -> str:
    """Where the walk ended."""
    if found is None:
        return ""
    value = found.value
    if isinstance(value, Opaque) and value.reason:
        return f": the walk ends at {value.reason}"
    if isinstance(value, Result):
        return f": the walk ends at `{value.api}`"
    return ""


def source_note(outside: Outside) -> str:
    """How bytes come in."""
    name = outside.api.rpartition(".")[2] or outside.kind
    return f"{outside.kind} bytes arrive through `{name}`"


def message(site: SinkSite, outside: Outside, endpoint: Endpoint) -> str:
    """One sentence that names the call and the address."""
    name = site.api.rpartition(".")[2] + "()" if site.model.receives else site.api + "()"
    where = f"{endpoint.transport} " if endpoint.transport != "unknown" and "://" not in endpoint.address else ""
    address = f"{where}{endpoint.address}" if endpoint.address else f"a {outside.kind} channel"
    verb = "unpickles" if "pickle" in site.api or "pyobj" in site.api else "deserializes"
    authentication = (
        f"authenticated by {endpoint.authentication}"
        if endpoint.effective
        else "no authentication"
        if endpoint.authentication == "none"
        else f"{endpoint.authentication} that does not protect it"
    )
    reach = {
        "any-host": "any host can reach it",
        "configurable": "its configuration decides who can reach it",
        "this-host": "only this host can reach it",
        "process": "only this process can reach it",
        "unknown": "who can reach it is unknown",
    }[endpoint.reach]
    if endpoint.peer_chosen_by_request:
        reach = "a request chooses the peer"
    elif endpoint.role == "connect" and endpoint.reach == "configurable":
        reach = "whoever controls the peer can send to it"
    return f"`{name}` {verb} bytes from {address}: {reach}, {authentication}"


def merged(steps: list[Step]) -> tuple[Step, ...]:
    """Without repeated lines: of neighbours on one line the source or the sink stays, else the first."""
    merged: list[Step] = []
    for step in steps:
        if merged and (merged[-1].site.path, merged[-1].site.line) == (step.site.path, step.site.line):
            if step.role == "sink" and len(merged) > 1:
                merged[-1] = step
            elif step.role != "sink":
                continue
            else:
                merged.append(step)
            continue
        merged.append(step)
    return tuple(merged)
