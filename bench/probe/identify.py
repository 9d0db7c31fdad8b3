"""Does the probe tell every type of socket and mechanism right, of libzmq 2.2 to 4.3.5?"""

import json
from collections.abc import Iterator
from pathlib import Path

from bench.probe.libraries import LIBRARIES, library
from bench.probe.peers import Peer, free_ports
from bench.probe.results import Identified
from gnomon.io.prober import Pace, observe
from gnomon.probe.observation import Observation, TcpPlace
from gnomon.probe.zmtp import Speaker

KINDS = ("PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB")
MECHANISMS = ("NULL", "identity", "ZAP", "PLAIN", "CURVE")
"""`identity`: NULL, with a name; `ZAP`: NULL, and the application says no."""


def identified(cache: Path, *, passive: bool = False) -> Iterator[Identified]:
    """One answer for each release, type and mechanism."""
    for of in LIBRARIES:
        path = library(of, cache)
        sockets = [(kind, mechanism) for mechanism in MECHANISMS for kind in KINDS if _exists(of.release, mechanism)]
        ports = free_ports(len(sockets))
        wanted = [_wanted(*each, port) for each, port in zip(sockets, ports, strict=True)]
        with Peer(path, {"sockets": wanted}) as peer:
            said = json.loads(peer.first)
            places = [TcpPlace(host="x", address="127.0.0.1", port=port) for port in ports]
            seen = {o.place.port: o for o in observe(places, Pace(passive=passive))}
            for (kind, mechanism), port in zip(sockets, ports, strict=True):
                failed = said["failed"].get(f"tcp://127.0.0.1:{port}", "")
                observation = seen[port]
                yield Identified(
                    release=said["version"],
                    kind=kind,
                    mechanism=mechanism,
                    had=not failed,
                    seen=_words(observation),
                    right=_is_right(observation, said["version"], kind, mechanism),
                )


def _exists(release: str, mechanism: str) -> bool:
    return mechanism in ("NULL", "identity") or release >= "4"


def _wanted(kind: str, mechanism: str, port: int) -> dict[str, str]:
    name = {"identity": "me"} if mechanism == "identity" else {}
    how = "NULL" if mechanism == "identity" else mechanism
    return {"kind": kind, "mechanism": how, "bind": f"tcp://127.0.0.1:{port}"} | name


def _words(observation: Observation) -> str:
    said = observation.said
    if said is None:
        return observation.state
    return " ".join(filter(None, (said.version, said.mechanism, said.socket_type, said.admission)))


def _is_right(observation: Observation, release: str, kind: str, mechanism: str) -> bool:
    """All that a peer of that release can be known by."""
    said = observation.said
    if said is None:
        return False
    named = said.identity_bytes == (2 if mechanism == "identity" else 0)
    match release.split("."):
        case ["2", *_]:
            return said.version == "1.0" and said.admission == "open" and named
        case ["3", *_]:
            return (said.version, said.socket_type, said.admission) == ("2.0", kind, "open") and named
    return named and said.version in ("3.0", "3.1") and _third(said, kind, mechanism)


def _third(said: Speaker, kind: str, mechanism: str) -> bool:
    if mechanism in ("PLAIN", "CURVE"):
        return said.mechanism == mechanism
    if mechanism == "ZAP":
        return said.mechanism == "NULL" and said.admission in ("denied", "hung-up")
    return (said.mechanism, said.admission, said.socket_type) == ("NULL", "open", kind)
