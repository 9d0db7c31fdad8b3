"""One run of the bench of engines in, Markdown out."""

from bench.fleet.results import Run


def report(run: Run) -> str:
    """The whole report."""
    return str(run)
