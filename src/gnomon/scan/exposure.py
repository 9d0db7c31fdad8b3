"""What deployment files say of an endpoint: evidence of its reach, which they may widen and never narrow."""

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.endpoint import Basis, Decider, Endpoint, Evidence
from gnomon.deployment.facts import Port, Word
from gnomon.python.project import is_test_like
from gnomon.scan.deployments import Deployments, Placed, resolved
from gnomon.scan.programs import Programs
from gnomon.scan.reach import judged

MAX_EVIDENCE = 4
"""Lines of deployment files that are told of one endpoint."""
MAX_SHOWN = 80
"""Characters of a value that are quoted."""
_NUMBER = re.compile(r":(\d{1,5})(?=$| or |/)")
_ADDRESS = re.compile(
    r"(?:\w+://)?(?:\*|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])(?::[\d*]+)?|(?:ipc|inproc)://.+",
    re.IGNORECASE,
)
"""What can be nothing but an address to listen on; a name may be one, or a choice, a file, a scheme."""
_BARE_IPV6 = re.compile(r"[0-9a-f:]*::[0-9a-f:.]*", re.IGNORECASE)
_LOOPBACK = re.compile(r"127(\.\d+){3}|::1|localhost")
_HOW = {
    "published": "port {port} of the container is published on {where}",
    "host-port": "port {port} of the container is opened on {where}",
    "load-balancer": "a Service of type LoadBalancer opens port {port} to other hosts",
    "node-port": "a Service of type NodePort opens port {port} on every node",
    "exposed": "the image declares port {port}, which by itself opens nothing",
}


class _Said(Struct, frozen=True):
    """One line of a deployment file that bears on an endpoint."""

    path: str
    line: int
    note: str
    basis: Basis
    widens: bool = False


class Exposure:
    """Joins endpoints with deployment files."""

    def __init__(self, deployments: Deployments, programs: Programs) -> None:
        self.deployments = deployments
        self.programs = programs
        self._known: dict[Endpoint, Endpoint] = {}

    def informed(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with the evidence of deployment files, and the reach that they give it if that is wider."""
        if endpoint.reach not in ("configurable", "any-host"):
            return endpoint
        known = self._known.get(endpoint)
        if known is None:
            known = self._known[endpoint] = self._joined(endpoint)
        return known

    def _joined(self, endpoint: Endpoint) -> Endpoint:
        said = [item for decider in endpoint.decided_by for item in self._of_decider(decider, endpoint)]
        if endpoint.role == "bind":
            said += self._of_ports(endpoint)
        said.sort(key=lambda item: (not item.widens, item.basis == "assumed", item.path, item.line))
        told = list(dict.fromkeys(said))[:MAX_EVIDENCE]
        widening = [self._evidence(item) for item in told if item.widens]
        others = [self._evidence(item) for item in told if not item.widens]
        if not widening:
            return replace(endpoint, evidence=(*endpoint.evidence, *others))
        at = next((at for at, item in enumerate(endpoint.evidence) if item.claim == "reach"), len(endpoint.evidence))
        evidence = (*endpoint.evidence[:at], *widening, *endpoint.evidence[at:], *others)
        return replace(endpoint, reach="any-host", evidence=evidence)

    def _evidence(self, said: _Said) -> Evidence:
        site = self.deployments.site(said.path, said.line)
        return Evidence(claim="reach", basis=said.basis, note=said.note, site=site)

    def _of_decider(self, decider: Decider, endpoint: Endpoint) -> Iterator[_Said]:
        """What deployments set the option or variable to."""
        for placed in self.deployments.mentioning([decider.name]):
            given = _passed(placed, decider) if decider.kind == "option" else _set(placed, decider)
            for value, line, command in given:
                starts = self._starts(placed, command, decider)
                yield _judged_setting(placed, decider, endpoint, value, line, starts=starts)

    def _starts(self, placed: Placed, command: tuple[Word, ...], decider: Decider) -> bool:
        """True if what is started there is, as far as one can see, the program that the setting decides for."""
        if decider.kind == "option":
            return self.programs.starts(command, decider.path, decider.name)
        package = self.programs.package(decider.path)
        if package and decider.name.startswith(f"{package.upper()}_"):
            return True
        commands = placed.unit.commands
        if not commands:
            return placed.unit.built_here and decider.path.startswith(placed.folder)
        return any(self.programs.starts(each, decider.path) for each in commands)

    def _of_ports(self, endpoint: Endpoint) -> Iterator[_Said]:
        """How deployments open the endpoint's port."""
        numbers = {int(text) for text in _NUMBER.findall(endpoint.address)} - {0}
        names = [*map(str, sorted(numbers)), "network_mode", "hostNetwork"]
        site = next((item.site for item in endpoint.evidence if item.site is not None), None)
        if site is None or endpoint.transport in ("ipc", "inproc", "shm"):
            return
        for placed in self.deployments.mentioning(names, needed=False):
            unit = placed.unit
            opened = [port for port in unit.ports if port.number in numbers]
            if not opened and not unit.host_network:
                continue
            starts = any(self.programs.starts(command, site.path) for command in unit.commands)
            basis: Basis = "inferred" if starts else "assumed"
            yield from (_Said(placed.path, port.line, _opening(port), basis) for port in opened)
            if unit.host_network and starts:
                note = "the container shares its host's network: what it binds, it binds on the host"
                yield _Said(placed.path, unit.host_network, note, "inferred")


def _passed(placed: Placed, decider: Decider) -> Iterator[tuple[str, int, tuple[Word, ...]]]:
    """(value, line, command) of an option in the command lines of a unit: `--host VALUE` or `--host=VALUE`.

    Of several in one command line the last counts.
    """
    for command in placed.unit.commands:
        given: list[tuple[str, int, tuple[Word, ...]]] = []
        for word, following in pairwise([*command, Word("", 0)]):
            if word.text == decider.name and following.line:
                given.append((following.text, following.line, command))
            elif word.text.startswith(f"{decider.name}="):
                given.append((word.text[len(decider.name) + 1 :], word.line, command))
        yield from given[-1:]


def _set(placed: Placed, decider: Decider) -> Iterator[tuple[str, int, tuple[Word, ...]]]:
    """(value, line, no command) of an environment variable."""
    for variable in placed.unit.variables:
        if variable.name == decider.name:
            yield variable.value, variable.line, ()


def _judged_setting(
    placed: Placed, decider: Decider, endpoint: Endpoint, value: str, line: int, *, starts: bool
) -> _Said:
    """What a setting says: a wildcard or routable address widens the reach if it is set for this program."""
    shown = value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…"
    text = f"{decider.name} {shown}" if decider.kind == "option" else f"{decider.name}={shown}"
    known = resolved(value, placed.unit.variables, decider.name)
    if not starts:
        note = f"`{text}` is set here, but perhaps for another program"
        return _Said(placed.path, line, note, "assumed")
    connects = endpoint.role != "bind"
    if _BARE_IPV6.fullmatch(known):
        known = f"[{known}]"
    if not known or not (connects or _ADDRESS.fullmatch(known)):
        return _Said(placed.path, line, f"this deployment sets `{text}`", "inferred")
    address = judged(
        (f"[{known}]" if _BARE_IPV6.fullmatch(known) else known,),
        role="connect" if connects else "bind",
        transport=endpoint.transport,
        empty_is_wildcard=False,
    )
    note = f"this deployment sets `{text}`: {address.note}"
    if address.reach != "any-host" or endpoint.reach == "any-host":
        another = "; another may set something else" if address.reach in ("this-host", "process") else ""
        return _Said(placed.path, line, note + another, "inferred")
    if not decider.always:
        return _Said(placed.path, line, f"{note}; but the code may use another address instead", "inferred")
    if is_test_like(placed.path) and not is_test_like(decider.path):
        return _Said(placed.path, line, f"{note}; but it is one of a test or an example", "inferred")
    return _Said(placed.path, line, note, "inferred", widens=True)


def _opening(port: Port) -> str:
    where = f"the host's interface {port.interface}"
    if _LOOPBACK.fullmatch(port.interface):
        where = "the host's loopback interface only"
    elif port.interface in ("", "0.0.0.0", "::"):  # noqa: S104 - recognised, not bound to
        where = "every interface of the host"
    return _HOW[port.how].format(port=port.number, where=where)
