"""A compose file -> a unit a service. The format: https://github.com/compose-spec/compose-spec/blob/main/spec.md."""

import re
from collections.abc import Iterator

from gnomon.deployment.documents import Listing, Mapping, Node, Scalar
from gnomon.deployment.entries import number_of, started, text_of, variables
from gnomon.deployment.facts import Port, Unit, Word

_PORT = re.compile(r"(?:(?P<interface>\[[^\]]*\]|[^:\[\]]+):)?(?:(?P<outer>[^:]*):)(?P<inner>\d{1,5})(?:/\w+)?")

_LONGEST_PORT = 200
"""Characters of an entry of `ports`, variables included."""


def units(root: Node) -> Iterator[Unit]:
    """One unit a service of one document."""
    services = root.get("services") if isinstance(root, Mapping) else None
    for _, service in services.pairs if isinstance(services, Mapping) else ():
        if isinstance(service, Mapping):
            yield _unit(service)


def _unit(service: Mapping) -> Unit:
    run = started(service.get("entrypoint"), service.get("command"))
    mode = service.get("network_mode")
    return Unit(
        commands=run.commands,
        variables=(*variables(service.get("environment")), *run.variables),
        ports=tuple(_ports(service.get("ports"))),
        host_network=mode.line if mode is not None and text_of(mode) == "host" else 0,
        built_here=service.get("build") is not None,
        env_files=tuple(_env_files(service.get("env_file"))),
    )


def _env_files(node: Node | None) -> Iterator[Word]:
    """`env_file` is a path, a list of paths, or a list of mappings with a `path`."""
    for item in node.items if isinstance(node, Listing) else (node,):
        path = item.get("path") if isinstance(item, Mapping) else item
        if isinstance(path, Scalar):
            yield Word(path.text.strip(), path.line)


def _ports(node: Node | None) -> Iterator[Port]:
    for item in node.items if isinstance(node, Listing) else ():
        if isinstance(item, Mapping):
            if number := number_of(item.get("target")):
                yield Port(number, "published", text_of(item.get("host_ip")), item.line)
        elif isinstance(item, Scalar):
            text = re.sub(r"\$\{[^}]*\}", "0", item.text[:_LONGEST_PORT].strip())  # a variable's value is not known
            match = _PORT.fullmatch(text)
            if match is not None:
                yield Port(int(match["inner"]), "published", (match["interface"] or "").strip("[]"), item.line)
            elif text.isdecimal() and len(text) <= 5:
                yield Port(int(text), "published", "", item.line)  # on a port of the host that is chosen at run time
