"""What is known of a socket's owner beside its socket: advisories of its framework, and loads in its code."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from gnomon.core.errors import TargetError
from gnomon.core.finding import Finding
from gnomon.core.severity import Severity
from gnomon.probe.verdict import Join, Joined, Row


def advisories_of() -> Join:
    """Advisories that the framework's version is affected by. `gnomon audit` also looks into its files."""
    from gnomon.audit.affected import affected_by
    from gnomon.audit.verdicts import Known
    from gnomon.core import purl
    from gnomon.core.package import Package
    from gnomon.knowledge import advisories

    known = Known(advisories.load().advisories)

    def join(row: Row) -> Joined:
        framework = row.owner.framework if row.owner else None
        if framework is None:
            return Joined()
        named = purl.pypi(framework.name, framework.version)
        about = known.about(Package(purl=named, naming="installed", where=""))
        affected = (each.advisory for each in about if affected_by(framework.version, each.entry) == "affected")
        return Joined(advisories=tuple(sorted(advisory.id for advisory in affected)))

    return join


def both(one: Join, other: Join) -> Join:
    """What either of them knows."""

    def join(row: Row) -> Joined:
        first, second = one(row), other(row)
        return Joined(
            advisories=tuple(dict.fromkeys((*first.advisories, *second.advisories))),
            matches=(*first.matches, *second.matches),
        )

    return join


def loads_of() -> Join:
    """Scans each framework once, where it is installed, and joins the loads that a row's socket may lead to."""

    @cache
    def found(folder: str) -> tuple[Finding, ...]:
        return _scanned(folder)

    def join(row: Row) -> Joined:
        owner = row.owner
        if owner is None or owner.framework is None or not owner.environment or row.verdict not in ("open", "unclear"):
            return Joined()
        folder = f"{owner.root}{owner.environment}"
        loads = [load for module in owner.framework.modules for load in found(f"{folder}/{module}")]
        return Joined(matches=tuple(matching(row, loads)))

    return join


def matching(row: Row, loads: Sequence[Finding]) -> list[Finding]:
    """The loads of bytes from a ZeroMQ socket that listens as this one does, and on its port if the code names one."""
    return [load for load in loads if load.source.kind == "zmq" and _can_be(row, load)]


def _can_be(row: Row, load: Finding) -> bool:
    endpoint = load.endpoint
    if endpoint is None or load.severity is Severity.NOTE:
        return False
    transport = "ipc" if row.port is None else "tcp"
    if endpoint.role == "connect" or endpoint.transport not in (transport, "unknown"):
        return False
    port = endpoint.address.rpartition(":")[2]
    return not port.isdecimal() or int(port) in (0, row.port)


def _scanned(folder: str) -> tuple[Finding, ...]:
    from gnomon.cli.policy import policy, today
    from gnomon.cli.scanning import Question, scanned

    if not Path(folder).is_dir():
        return ()
    chosen = policy([folder], no_config=True, today=today())
    try:
        return scanned(folder, Question(), chosen.knowledge(), None, chosen).findings
    except TargetError:
        return ()
