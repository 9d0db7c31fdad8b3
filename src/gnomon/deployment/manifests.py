"""Kubernetes manifests and the values of Helm charts -> units.

Formats: https://kubernetes.io/docs/reference/kubernetes-api/ and https://helm.sh/docs/chart_template_guide/values_files/.
A container has the same keys wherever it stands (a Deployment, a Job, a custom resource, a chart's values), so that
every mapping with one of them counts as a container.
"""

from collections.abc import Iterator

from gnomon.deployment.documents import Listing, Mapping, Node
from gnomon.deployment.entries import is_on, number_of, started, text_of, variables
from gnomon.deployment.facts import Port, Publishing, Unit

_TELLING = frozenset({"command", "args", "extraArgs", "env", "extraEnv", "ports"})
_SERVICES: dict[str, Publishing] = {"LoadBalancer": "load-balancer", "NodePort": "node-port"}
_PROBES = frozenset({"livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "healthcheck"})
"""Commands that look at the program, and don't start it."""


def units(root: Node) -> Iterator[Unit]:
    """Every container below a document's root, and the ports and variables that other resources set."""
    waiting: list[tuple[Node, int]] = [(root, 0)]
    while waiting:
        node, host_network = waiting.pop()
        if isinstance(node, Mapping):
            shared = node.get("hostNetwork")
            if shared is not None and is_on(shared):
                host_network = shared.line
            yield from _of_mapping(node, host_network)
        waiting += [(child, host_network) for child in reversed(list(_children(node)))]


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, Listing):
        yield from node.items
    elif isinstance(node, Mapping):
        yield from (value for key, value in node.pairs if key.text not in _PROBES)


def _of_mapping(node: Mapping, host_network: int) -> Iterator[Unit]:
    if text_of(node.get("kind")) in ("ConfigMap", "Secret"):
        given = [item for key in ("data", "stringData") for item in variables(node.get(key))]
        yield Unit(variables=tuple(given))
    how = _SERVICES.get(text_of(node.get("type")))
    if how is not None:
        yield Unit(ports=tuple(_opened(node, how)))
    elif any(key.text in _TELLING for key, _ in node.pairs):
        run = started(node.get("command"), node.get("args"), node.get("extraArgs"))
        given = [item for key in ("env", "extraEnv") for item in variables(node.get(key))]
        ports = tuple(_host_ports(node))
        if run.commands or run.variables or given or ports:
            yield Unit(
                commands=run.commands, variables=(*given, *run.variables), ports=ports, host_network=host_network
            )


def _opened(service: Mapping, how: Publishing) -> Iterator[Port]:
    """Ports of a Service, or of a chart's values for one, by the number in the container if it is given."""
    listed = service.get("ports")
    for item in listed.items if isinstance(listed, Listing) else (service,):
        if isinstance(item, Mapping):
            given = [node for key in ("targetPort", "port") if (node := item.get(key)) is not None]
            node = next((node for node in given if number_of(node)), None)
            if node is not None:
                yield Port(number_of(node), how, "", node.line)


def _host_ports(container: Mapping) -> Iterator[Port]:
    listed = container.get("ports")
    for item in listed.items if isinstance(listed, Listing) else ():
        outer = item.get("hostPort") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping) and outer is not None:
            number = number_of(item.get("containerPort")) or number_of(outer)
            if number:
                yield Port(number, "host-port", text_of(item.get("hostIP")), outer.line)
