"""The channel a source reads from: who can reach it, and what authenticates it."""

from typing import Literal

from msgspec import Struct

from gnomon.core.site import CodeSite

Role = Literal["bind", "connect", "unknown"]
Transport = Literal["tcp", "ipc", "inproc", "http", "grpc", "udp", "shm", "unknown"]
Reach = Literal["any-host", "configurable", "this-host", "process", "unknown"]
WIDEST_REACH_FIRST: tuple[Reach, ...] = ("any-host", "configurable", "unknown", "this-host", "process")
Authentication = Literal["none", "hmac", "curve", "tls", "token", "peer-address", "unknown"]
Basis = Literal["observed", "inferred", "assumed"]


class Evidence(Struct, frozen=True, kw_only=True):
    """Why a claim about reach or authentication is made."""

    claim: Literal["role", "transport", "address", "reach", "authentication"]
    basis: Basis
    """observed: read from the code; inferred: computed through several places; assumed: a library's default."""
    note: str
    site: CodeSite | None = None


class Decider(Struct, frozen=True, kw_only=True):
    """What somebody sets to decide an endpoint's address."""

    kind: Literal["option", "variable"]
    """A command-line option that the program declares, or an environment variable that it reads."""
    name: str
    """As it is typed: `--host`, `WORKER_HOST`. Untrusted text."""
    path: str
    """The file that declares or reads it."""
    always: bool = True
    """False if the code has another address for the endpoint, that this does not decide."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """One end of a channel, as far as the code tells."""

    role: Role = "unknown"
    transport: Transport = "unknown"
    address: str = ""
    """As written or computed; parts only known at run time appear as `{name}`. Untrusted text."""
    reach: Reach = "unknown"
    peer_chosen_by_request: bool = False
    """True if the endpoint connects to an address taken from a request."""
    authentication: Authentication = "none"
    effective: bool = False
    """True if the authentication is checked before the load, on by default, not an `assert`, not a hard-coded key."""
    evidence: tuple[Evidence, ...] = ()
    decided_by: tuple[Decider, ...] = ()
    """For a configurable reach: what decides it, as far as the code names that."""
