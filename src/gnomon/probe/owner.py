"""Whose a listening socket is: process, environment and framework, from what the system tells of the process."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from gnomon.core.purl import pypi
from gnomon.probe.observation import Place

PYZMQ = "pyzmq"
_SHOWN = 200
_LIBZMQ = re.compile(r"/libzmq[^/]*\.so(?:\.(\d+(?:\.\d+)*))?[^/]*$|/zmq/[^/]*libzmq[^/]*\.so$")
# The first two numbers at the end of the library's file (LTVER in libzmq's configure.ac) -> series of releases; the
# third is that of the release, but for the oldest series.
_SERIES = {"5.2": "4.3.{}", "5.1": "4.2.{}", "5.0": "4.1"}
_KEEPS_MESSAGES = (4, 3, 3)
_SITE = re.compile(r"(?P<folder>.*?/(?:site|dist)-packages)/(?P<top>[^/]+)")
_SECRET = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class Package(Struct, frozen=True, kw_only=True):
    """A release of a distribution that is installed in a process's environment, or of libzmq."""

    name: str
    version: str
    modules: tuple[str, ...] = ()
    """Top folders of its code, or names of its modules."""

    @property
    def purl(self) -> str:
        """As package URL."""
        return str(pypi(self.name, self.version))


class Distribution(Struct, frozen=True, kw_only=True):
    """What is installed, and what shows that a process runs it."""

    name: str
    """As indexes compare it."""
    version: str
    modules: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    uses_zeromq: bool = False
    """It requires pyzmq, be it for an extra."""


class Owner(Struct, frozen=True, kw_only=True):
    """A process with a listening socket, as far as this user may see it."""

    pid: int
    name: str = ""
    """As the system calls it; untrusted, like everything here."""
    command: str = ""
    """Its arguments, at most 200 characters, without what looks like a secret."""
    user: int | None = None
    """User id."""
    environment: str = ""
    """The folder of packages that it runs from, as it sees it; "" if none is known."""
    root: str = ""
    """Where its `/` is, for reading: "" or `/proc/PID/root`."""
    framework: Package | None = None
    basis: Literal["observed", "inferred", "unknown"] = "unknown"
    """observed: the process runs it; inferred: it alone of what is installed there requires pyzmq."""
    libraries: tuple[Package, ...] = ()
    """pyzmq and libzmq, with what version is known; "" if it is loaded and says none."""
    namespace: str = ""
    """Its network namespace, by inode, if it is not ours."""

    @property
    def speaks_zeromq(self) -> bool:
        """True if libzmq is loaded."""
        return any(library.name == "libzmq" for library in self.libraries)

    @property
    def loses_messages(self) -> bool:
        """True if its libzmq is known to be one that hands messages to whoever only connects (before 4.3.3)."""
        versions = [library.version for library in self.libraries if library.name == "libzmq" and library.version]
        return any(tuple(map(int, version.split("."))) < _KEEPS_MESSAGES for version in versions)

    @property
    def words(self) -> str:
        """`vllm 0.8.4 (python3, pid 4711)`."""
        process = f"{self.name or 'process'}, pid {self.pid}" if self.framework else f"{self.name} (pid {self.pid})"
        if not self.framework:
            return process
        perhaps = "" if self.basis == "observed" else "perhaps "
        return f"{perhaps}{self.framework.name} {self.framework.version} ({process})"


class Listener(Struct, frozen=True, kw_only=True):
    """A listening socket of this host."""

    place: Place
    """Where to ask it: loopback, if it listens on all addresses."""
    bound: str
    """The address that it is bound to, numeric; "" for a unix socket."""
    owner: Owner | None = None
    """None if this user may not see it."""


class Process(Struct, frozen=True, kw_only=True):
    """What the system says of a process."""

    pid: int
    name: str
    arguments: tuple[str, ...] = ()
    user: int | None = None
    mapped: tuple[str, ...] = ()
    """Files that are mapped into its memory, as it sees them."""
    root: str = ""
    namespace: str = ""


def environment_of(mapped: Iterable[str], arguments: Sequence[str]) -> str:
    """The folder of packages that the program is started from, else most of the mapped libraries are in; "" if none."""
    for word in arguments[:2]:
        if word.startswith("/") and (match := _SITE.match(word)):
            return match["folder"]
    counts: dict[str, int] = {}
    for path in mapped:
        if path.startswith("/") and (match := _SITE.match(path)):
            counts[match["folder"]] = counts.get(match["folder"], 0) + 1
    return max(counts, key=lambda folder: counts[folder], default="")


def owner_of(process: Process, environment: str, installed: Sequence[Distribution]) -> Owner:
    """The process as owner; `installed` is what its environment has."""
    framework, basis = _framework(process, installed)
    return Owner(
        pid=process.pid,
        name=process.name,
        command=" ".join(_without_secrets(process.arguments))[:_SHOWN],
        user=process.user,
        environment=environment,
        root=process.root,
        framework=framework,
        basis=basis,
        libraries=tuple(_libraries(process.mapped, installed)),
        namespace=process.namespace,
    )


def _without_secrets(arguments: Iterable[str]) -> Iterable[str]:
    """Reports go to places where a key given on a command line must not be."""
    hide = False
    for word in arguments:
        name, equals, _ = word.partition("=")
        telling = bool(_SECRET.search(name))
        yield "…" if hide and not word.startswith("-") else f"{name}=…" if telling and equals else word
        hide = telling and not equals and word.startswith("-")


def loads_libzmq(mapped: Iterable[str]) -> bool:
    """True if a process with these files in its memory has libzmq."""
    return any(_LIBZMQ.search(path) for path in mapped)


def _framework(
    process: Process, installed: Sequence[Distribution]
) -> tuple[Package | None, Literal["observed", "inferred", "unknown"]]:
    """The distribution that the process was started as, else the one that uses ZeroMQ and is loaded, else installed."""
    started, loaded = _started(process), _words(_SITE.match(path) for path in process.mapped)
    users = [each for each in installed if each.uses_zeromq]
    shown = [each for each in installed if each.name != PYZMQ and started & _names((*each.modules, *each.commands))]
    # A launcher that is named first may start one that uses ZeroMQ.
    for found in (
        [each for each in shown if each.uses_zeromq],
        shown,
        [u for u in users if loaded & _names(u.modules)],
    ):
        if len(found) == 1:
            return _package(found[0]), "observed"
    if len(users) == 1 and loads_libzmq(process.mapped):
        return _package(users[0]), "inferred"
    return None, "unknown"


def _package(found: Distribution) -> Package:
    return Package(name=found.name, version=found.version, modules=found.modules)


def _started(process: Process) -> set[str]:
    """Names that the process shows in its command or its title: of modules, of commands."""
    arguments = process.arguments
    found = {word.partition(".")[0] for before, word in pairwise(arguments) if before == "-m"}
    found |= {word.rpartition("/")[2] for word in arguments[:2]}  # a program, or an interpreter and its script
    title = (arguments[0] if arguments else process.name).partition(":")  # as setproctitle writes: NAME::Part
    if title[1]:
        found.add(title[0])
    return _names(found) | _words(_SITE.match(word) for word in arguments)


def _words(matches: Iterable[re.Match[str] | None]) -> set[str]:
    return _names(match["top"] for match in matches if match)


def _names(words: Iterable[str]) -> set[str]:
    return {_NOT_A_WORD.sub("_", word.lower()) for word in words}


def _libraries(mapped: Iterable[str], installed: Iterable[Distribution]) -> Iterable[Package]:
    for each in installed:
        if each.name == PYZMQ:
            yield _package(each)
    matches = [match for path in mapped if (match := _LIBZMQ.search(path))]
    if matches:
        yield Package(name="libzmq", version=next(filter(None, (_release(match[1] or "") for match in matches)), ""))


def _release(number: str) -> str:
    """The release of libzmq whose library has that number; "" if it is not known."""
    series, _, patch = number.rpartition(".")
    return _SERIES.get(series, "").format(patch)
