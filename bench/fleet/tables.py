"""One run of the bench of engines in, Markdown out."""

import statistics
from collections.abc import Callable

from bench.fleet.results import Disturbed, Engine, Run, Stranger
from bench.machine import described
from bench.markdown import printable, table

NAMES = {"dask": "Dask", "ray": "Ray", "daft": "Daft on Ray", "spark": "Spark"}
_LOOPBACK = ("127.", "::ffff:127.", "::1:")


def report(run: Run) -> str:
    """The whole report."""
    names = [NAMES[engine.name] for engine in run.engines]
    versions = ", ".join(f"{NAMES[engine.name]} {engine.version}" for engine in run.engines)
    rows = [(what, *(_cell(engine, of) for engine in run.engines)) for what, of in ROWS]
    return (
        f"{described(run.machine)}; {versions}; {run.load} processes wanted a processor when it began.\n\n"
        f"{table(['', *names], rows)}\n\n"
        f"What somebody is told who reaches the ports and has no credentials:\n\n{_strangers(run)}\n\n"
        f"What a driver is told on {run.other_python}, where the nodes have {run.machine.python}:\n\n{_others(run)}"
    )


def _cell(engine: Engine, of: Callable[[Engine], str]) -> str:
    try:
        return of(engine)
    except (AttributeError, statistics.StatisticsError):  # that question has no answer
        return "no answer"


def _ratio(pairs: tuple[tuple[float, float], ...]) -> str:
    ratios = sorted(engine / local for engine, local in pairs)
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def _disturbed(found: Disturbed | None) -> str:
    return f"{found.right} of {found.asked}; {found.again}"  # type: ignore[union-attr]


def _listening(engine: Engine) -> str:
    ports = engine.start.listening  # type: ignore[union-attr]
    beyond = sum(not port.startswith(_LOOPBACK) for port in ports)
    return f"{len(ports)}; {beyond}"


def _http(found: Stranger | None) -> str:
    return str(sum(bool(status) for status in found.http.values()))  # type: ignore[union-attr]


ROWS: tuple[tuple[str, Callable[[Engine], str]], ...] = (
    ("released", lambda engine: engine.install.released),
    ("installed, MB", lambda engine: f"{engine.install.bytes / 1e6:,.0f}"),
    ("packages", lambda engine: str(engine.install.packages)),
    ("installing, s", lambda engine: f"{engine.install.seconds:.0f}"),
    ("adapter, lines", lambda engine: str(engine.adapter_lines)),
    ("first answer of a new cluster, s", lambda engine: f"{engine.start.first_s:.0f}"),
    ("both nodes have answered, s", lambda engine: f"{engine.start.both_s:.0f}"),
    ("processes", lambda engine: str(engine.start.processes)),
    ("memory of an idle cluster, MB", lambda engine: f"{engine.start.idle_bytes / 1e6:,.0f}"),
    ("ports; of them not on loopback, though told so", _listening),
    ("an empty task alone, ms", lambda engine: f"{engine.overhead.alone_ms:.0f}"),
    ("empty tasks a second, four at once", lambda engine: f"{engine.overhead.per_s:,.0f}"),
    ("processor, to forked processes", lambda engine: _ratio(engine.throughput.cpu_pairs)),
    ("seconds, to forked processes", lambda engine: _ratio(engine.throughput.pairs)),
    ("the same bytes", lambda engine: "yes" if engine.throughput.same else "no"),
    ("a worker is killed: right answers; asked again", lambda engine: _disturbed(engine.worker_killed)),
    ("a node is killed: right answers; asked again", lambda engine: _disturbed(engine.node_lost)),
    ("a task takes 2.5 GB, 1 GB is its share: the others; asked again", lambda engine: _disturbed(engine.memory)),
    ("HTTP ports open to anybody, with authentication on", lambda engine: _http(engine.secure)),
)  # fmt: skip


def _strangers(run: Run) -> str:
    lines = []
    for engine in run.engines:
        for how, found in (("as it starts", engine.open), ("with authentication", engine.secure)):
            told = found.told if found else next(iter(engine.failed.values()), "no answer")
            lines.append(f"- {NAMES[engine.name]}, {how}: “{_short(told)}”")
    return "\n".join(lines)


def _others(run: Run) -> str:
    return "\n".join(
        f"- {NAMES[engine.name]}: “{_short(engine.other_python)}”" for engine in run.engines if engine.other_python
    )


def _short(text: str) -> str:
    shown = printable(text.replace("`", "'").replace("<", "‹").replace(">", "›"))
    return shown if len(shown) <= 200 else f"{shown[:200]}…"
