"""Settings in deployment files -> their safe values: switches for unsafe loads off, wide addresses to loopback."""

from collections.abc import Iterator, Mapping

from gnomon.core.channel import Channel
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Patch, Replacement, Style
from gnomon.core.site import CodeSite, Span
from gnomon.fix.narrowing import Narrowing
from gnomon.fix.recipes.endpoints import host_of
from gnomon.fix.settings import changed
from gnomon.fix.sources import Sources

HATCH, DEPLOYMENT = "hatch", "deployment"
_OFF = {"1": "0", "true": "false", "t": "f", "yes": "no", "y": "n", "on": "off"}
_SPELLINGS = (str.lower, str.upper, str.capitalize)
_OFF_VALUES = {spelt(on): spelt(off) for on, off in _OFF.items() for spelt in _SPELLINGS}
_WIDE = ("0.0.0.0", "[::]", "::", "*")  # noqa: S104 (recognised, not bound to)
_LOOPBACK = Narrowing()
_SO = {"loopback": ", which no other host reaches", "interface": ", one interface in place of all", "ipc": ""}

_OTHER_CONTAINERS = (
    "If other containers have to connect: leave it, give them a network of their own with it, and publish the port on "
    "one interface, as in `127.0.0.1:5555:5555`, or not at all."
)


def offer(finding: Finding, sources: Sources, *, style: Style = "wire") -> Offer:
    """The switch that a deployment file sets, set to its off value; `style` is what the user asked for."""
    path, line, name = finding.site.path, finding.site.line, finding.sink
    replaced = changed(path, line, name, _OFF_VALUES, sources)
    if isinstance(replaced, str):
        title = f"Take `{name}` away by hand ({path}:{line})"
        return _impossible((finding,), HATCH, style, title, (replaced,))
    return Offer(
        findings=(finding,),
        style=style,
        recipe=HATCH,
        standing="suggested",
        title=f"Set `{name}` to `{_text(replaced)}`, so that the library's own refusal holds ({path}:{line})",
        why=("what needs it stops working: whoever set it had a reason, which is not in the file",),
        patch=Patch(replacements=(replaced,)),
        afterwards=("Start it once and look for refused loads; then take the line away, since off is the default.",),
    )


def narrowed(
    _channel: Channel | None,
    findings: tuple[Finding, ...],
    sources: Sources,
    where: Narrowing = _LOOPBACK,
    *,
    style: Style = "wire",
) -> Offer:
    """Wide addresses that deployment files set for the findings' endpoints; impossible if none is found."""
    values = {host: host_of(host, where) for host in _WIDE}
    results = [result for finding in findings for result in _settings(finding, values, sources)]
    replaced = tuple(dict.fromkeys(result for result in results if isinstance(result, Replacement)))
    reasons = tuple(dict.fromkeys(result for result in results if isinstance(result, str)))
    if not replaced:
        title = "Narrow the address that a deployment sets"
        return _impossible(findings, DEPLOYMENT, style, title, reasons or ("no deployment file sets a wide address",))
    first = replaced[0]
    return Offer(
        findings=findings,
        style=style,
        recipe=DEPLOYMENT,
        standing="suggested",
        title=f"Set the address to `{_text(first)}`{_SO[where.kind]} ({first.path}:{first.span.line})",
        why=(
            "a peer outside of the container or host can't connect any more"
            if where.kind == "loopback"
            else "a peer that comes by another interface can't connect any more",
            "what arrives is still unpickled: this makes the flaw harder to reach and removes nothing",
            *reasons,
        ),
        patch=Patch(replacements=replaced),
        afterwards=(_OTHER_CONTAINERS,),
    )


def _settings(finding: Finding, values: Mapping[str, str], sources: Sources) -> Iterator[Replacement | str]:
    """What can be done about each line of a deployment file that sets a wide address for the finding's endpoint."""
    endpoint = finding.endpoint
    if endpoint is None or endpoint.role != "bind":
        return
    names = [decider.name for decider in endpoint.decided_by]
    sites = dict.fromkeys(entry.site for entry in endpoint.evidence if entry.site is not None)
    for site in sites:
        result = _narrowed(site, names, values, sources) if site.path not in sources.python else ""
        if result:
            yield result


def _narrowed(site: CodeSite, names: list[str], values: Mapping[str, str], sources: Sources) -> Replacement | str:
    """The change of one line; why there is none; "" if the line sets no wide address."""
    if not any(host in sources.code(site.path, _whole(site, sources)) for host in values):
        return ""
    results = [changed(site.path, site.line, name, values, sources) for name in names]
    found = [result for result in results if isinstance(result, Replacement)]
    if found:
        return found[0]
    return next((result for result in results if isinstance(result, str)), "")


def _whole(site: CodeSite, sources: Sources) -> Span:
    """The whole line."""
    lines = sources.text(site.path).split("\n")
    length = len(lines[site.line - 1].encode()) if 0 < site.line <= len(lines) else 1
    return Span(line=site.line, end_line=site.line, end_column=length)


def _impossible(findings: tuple[Finding, ...], recipe: str, style: Style, title: str, why: tuple[str, ...]) -> Offer:
    return Offer(findings=findings, style=style, recipe=recipe, standing="impossible", title=title, why=why)


def _text(replacement: Replacement) -> str:
    return "".join(piece for piece in replacement.pieces if isinstance(piece, str))
