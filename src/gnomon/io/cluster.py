"""Targets put to the workers of a Dask cluster: https://distributed.dask.org.

What crosses between its nodes is pickled, by Dask: whoever may connect to a cluster can run code on all of it, and on
whoever asks it. So it is asked over TLS, where each end shows a certificate of the cluster's own authority, and one
that anybody can connect to is refused unless the caller allows it.
"""

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec
from msgspec import Struct

from gnomon.core.crew import Done
from gnomon.core.errors import GnomonError, MissingExtra, TargetError, Unavailable
from gnomon.core.survey import Tools
from gnomon.io.cluster_node import Differing, Limits, Readiness, Ready, answered, readiness

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.security import Security

CONNECT_S = 10.0
"""Seconds within which a scheduler has to answer, and to have a worker."""
ABANDONED_S = 60.0
"""Seconds that a run waits for workers once all are gone: what looks after them starts them anew."""
_LOOK_S = 1.0
_SHOWN = 5
"""Workers that an error names; there may be hundreds."""
_SETTINGS = "DASK_DISTRIBUTED__COMM__TLS__"


class Work(Struct, frozen=True, kw_only=True):
    """What is asked of every worker before its first target."""

    ready: Ready
    """Importable by its name, as what is asked about targets is."""
    tools: Tools
    """Those of whoever asks: a worker with others would give other answers, and is not asked."""
    limits: Limits
    folder: str = ""
    """Where targets are that are folders and archives, if there are some: it has to be there on every node."""


def connect(address: str, work: Work, *, open_to_all: bool = False, connect_s: float = CONNECT_S) -> "Cluster":
    """The workers of a scheduler at `tls://HOST:PORT`, or `HOST:PORT`. To be closed at the end.

    1. It is asked over TLS, with the certificates that Dask's own settings name; with `open_to_all` at
    `tcp://HOST:PORT`, too, where anybody who reaches the port can do what we can. 2. It answers in time, and has a
    worker. 3. Every worker has the tools that the work asks for. Raises MissingExtra, TargetError, Unavailable.
    """
    where = _checked(address, open_to_all=open_to_all)  # 1
    try:
        from distributed import Client
    except ImportError as error:
        problem = f"a cluster needs {error.name}, which is not installed."
        raise MissingExtra(problem, remedy="pip install 'gnomon[fleet]'") from error
    _be_quiet()
    security = _security() if where.startswith("tls:") else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions: those that matter are looked at below
            client = Client(where, security=security, timeout=connect_s, set_as_default=False)  # 2
    except (OSError, ValueError, RuntimeError) as error:
        raise _no_answer(where, connect_s, error) from error
    crew = Cluster(client, where, work)
    try:
        crew.await_worker(connect_s)
        crew.check()  # 3
    except OSError as error:  # a closed connection, too, is one
        crew.close()
        raise _no_answer(where, connect_s, error) from error
    except BaseException:
        crew.close()
        raise
    return crew


class Cluster:
    """A crew whose workers are elsewhere."""

    def __init__(self, client: "Client", address: str, work: Work) -> None:
        self._client = client
        self._address = address
        self._work = work
        self._differing: set[str] = set()
        """Workers that came later, with other tools."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """How many there are now, at least 1. One with several threads counts once: it forks for each target."""
        return max(len(self._present()), 1)

    def close(self) -> None:
        """Leaves the cluster. What is at work there ends by itself."""
        with suppress(Exception):  # whatever it is about, nobody waits for the cluster any more
            self._client.close(timeout=5)

    def await_worker(self, seconds: float) -> None:
        """Raises Unavailable if no worker comes in time."""
        try:
            self._client.wait_for_workers(1, timeout=seconds)
        except TimeoutError as error:
            problem = f"the cluster at {self._address} has no worker."
            raise Unavailable(problem, remedy=f"dask worker {self._address} on each node") from error

    def check(self) -> None:
        """Raises TargetError unless every worker is as the work asks."""
        told = dict(self._pythons()) or dict(self._unlike())
        if not told:
            return
        shown = [f"{worker} {why}" for worker, why in sorted(told.items())[:_SHOWN]]
        more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
        raise TargetError(
            f"{len(told)} of {self.workers} workers can't answer as this machine would: {'; '.join(shown + more)}.",
            remedy=self._remedy(),
        )

    def __call__(self, ask: Callable[[str], bytes], targets: Iterable[str]) -> Iterator[Done]:
        """The answers as they come.

        A target whose worker dies goes to another, as often as the scheduler's setting `allowed-failures` says: thrice.
        Raises Unavailable once the scheduler is gone, or has had no worker for a minute.
        """
        left, seen = iter(targets), monotonic()
        asked: dict[Future, str] = {}
        try:
            while True:
                present = self._present()
                for target in islice(left, max(len(present) - len(asked), 0)):
                    asked[self._submitted(ask, target)] = target
                if present and not asked:
                    return
                seen = monotonic() if present else self._patient(seen)
                for future in self._finished(list(asked)):
                    target = asked.pop(future)
                    if self._differs(future):
                        asked[self._submitted(ask, target)] = target
                    else:
                        yield _done(future, target)
        finally:
            with suppress(Exception):  # the scheduler may be gone: then there is nothing to take back
                self._client.cancel(list(asked), force=True)

    def _pythons(self) -> Iterator[tuple[str, str]]:
        """Workers of another Python, which may not even understand what they are asked."""
        ours = self._work.tools.python
        for worker, told in self._client.get_versions()["workers"].items():
            theirs = ".".join(str(told["host"]["python"]).split(".")[:2])
            if theirs != ours:
                yield worker, f"has Python {theirs}, not {ours}"

    def _unlike(self) -> Iterator[tuple[str, str]]:
        told = self._client.run(readiness, self._work.ready, self._work.folder, on_error="return")
        for worker, answer in told.items():
            why = self._why(answer)
            if why:
                yield worker, why

    def _why(self, answer: object) -> str:
        """What is wrong with a worker; "" if nothing is."""
        if not isinstance(answer, bytes):
            return f"can't run this gnomon ({type(answer).__name__}: {answer})"
        there, tools = msgspec.msgpack.decode(answer, type=Readiness), self._work.tools
        if there.tools.gnomon != tools.gnomon:
            return f"({there.host}) has gnomon {there.tools.gnomon}, not {tools.gnomon}"
        if there.tools != tools:
            return f"({there.host}) has other rules, models or signatures"
        return "" if there.folder else f"({there.host}) has no folder {self._work.folder}"

    def _present(self) -> list[str]:
        """Workers that can be asked. Raises TargetError if there are only others."""
        try:
            workers = self._client.nthreads().keys()
        except (OSError, ValueError, RuntimeError) as error:
            raise self._gone(error) from error
        if workers and workers <= self._differing:
            raise TargetError("every worker of the cluster has another gnomon by now.", remedy=self._remedy())
        return [worker for worker in workers if worker not in self._differing]

    def _submitted(self, ask: Callable[[str], bytes], target: str) -> "Future":
        work = self._work
        where = self._present() if self._differing else None
        return self._client.submit(
            answered, work.ready, work.tools, ask, work.limits, target, pure=False, workers=where
        )

    def _finished(self, asked: "list[Future]") -> "set[Future]":
        """Those that have ended; waits for a moment if there are none."""
        from concurrent.futures import CancelledError

        from distributed import wait

        try:
            if not asked:
                self._client.wait_for_workers(1, timeout=_LOOK_S)
                return set()
            with self._client.as_current():
                return set(wait(asked, timeout=_LOOK_S, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return set()
        except CancelledError as error:
            raise self._gone(error) from error

    def _differs(self, future: "Future") -> bool:
        error = future.exception()
        if isinstance(error, Differing):
            self._differing.add(error.worker)
        return isinstance(error, Differing)

    def _patient(self, seen: float) -> float:
        """When there was a worker last. Raises Unavailable if that is too long ago."""
        if monotonic() - seen < ABANDONED_S:
            return seen
        raise Unavailable(
            f"the cluster at {self._address} has had no worker for {ABANDONED_S:g} s.",
            remedy="start workers, then the same command again: what is done is kept",
        )

    def _remedy(self) -> str:
        tools = self._work.tools
        return f"give them Python {tools.python} and gnomon[fleet]=={tools.gnomon}, and the folder; or stop them"

    def _gone(self, error: BaseException) -> Unavailable:
        return Unavailable(
            f"the scheduler at {self._address} is gone ({type(error).__name__}).",
            remedy="start it and its workers, then the same command again: what is done is kept",
        )


def _done(future: "Future", target: str) -> Done:
    error = future.exception()
    if error is None:
        return msgspec.msgpack.decode(future.result(), type=Done)
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return Done(target=target, lost="every worker that it came to ended while it was at work")
    return Done(target=target, lost=f"its worker failed: {type(error).__name__}: {error}")


def _checked(address: str, *, open_to_all: bool) -> str:
    """The address with its scheme. Raises TargetError for one that anybody could use, or that is none."""
    where = address if "://" in address else f"tls://{address}"
    scheme, _, place = where.partition("://")
    host, _, port = place.rpartition(":")
    if scheme not in ("tls", "tcp") or not host or not port.isdecimal():
        raise TargetError(f"{address} is no address of a cluster.", remedy="--cluster tls://HOST:8786")
    if scheme == "tcp" and not open_to_all:
        raise TargetError(
            f"anybody who reaches {where} can run code on that cluster, and here: it is not asked.",
            remedy="docs/cluster.md says how to give it certificates; --open-cluster if only you can reach it",
        )
    return where


def _be_quiet() -> None:
    """Dask logs to standard error, across the progress that is shown there; what matters of it is in our errors."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _security() -> "Security":
    """The certificates that Dask's own settings name. Raises GnomonError if they can't be used."""
    from distributed.security import Security

    security = Security(require_encryption=True)
    wanted = {"CA_FILE": "tls_ca_file", "CLIENT__CERT": "tls_client_cert"}
    missing = [f"{_SETTINGS}{name}" for name, field in wanted.items() if not getattr(security, field)]
    if missing:
        raise GnomonError(
            f"no certificate to show to the cluster: {' and '.join(missing)} not set.",
            remedy="docs/cluster.md says how to make one; --open-cluster and tcp:// for a cluster without",
        )
    try:
        security.get_connection_args("client")
    except OSError as error:  # an SSLError is one
        raise GnomonError(f"the certificates can't be used: {error}", remedy=f"check {_SETTINGS}*") from error
    return security


def _no_answer(where: str, seconds: float, error: Exception) -> Unavailable:
    return Unavailable(
        f"no cluster answers at {where} within {seconds:g} s ({type(error).__name__}: {error}).",
        remedy="check the address, that `dask scheduler` runs there, and that both certificates are of one authority",
    )
