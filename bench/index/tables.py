"""One run of the index bench in, Markdown out."""

from bench.index.results import Run
from bench.machine import described
from bench.markdown import table


def report(run: Run) -> str:
    """The whole report."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    rows = (
        (
            one.engine,
            f"{one.functions:,}",
            f"{one.postings / 1e6:.1f} M",
            f"{one.bytes / 1e6:,.0f}",
            f"{one.build_s:,.0f}",
            f"{one.add_s:.1f}",
            f"{one.first_ms:.1f}",
            f"{one.p50_ms:.1f}",
            f"{one.p95_ms:.1f}",
            f"{one.most_ms:.1f}",
        )
        for one in run.measured
    )
    head = (
        "engine", "functions", "postings", "MB", "build, s", f"add {run.release:,}, s", "first, ms", "p50, ms",
        "p95, ms", "slowest, ms",
    )  # fmt: skip
    said = (
        f"{described(run.machine)}; {versions}. {run.real_functions:,} functions are real, the others are variations "
        f"of them; {run.questions} real ones were looked up. Seconds are processor time."
    )
    return f"{said}\n\n{table(head, rows)}"
