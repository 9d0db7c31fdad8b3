"""The findings of a probe as SARIF 2.1.0; the table is not part of it."""

from gnomon.render import sarif
from gnomon.render.outcome import Answer, Document, Outcome
from gnomon.render.probe_outcome import ProbeOutcome


def write(outcome: ProbeOutcome) -> Document:
    """The log, with one run."""
    answer = Answer(report=outcome.report, began=outcome.began, elapsed_s=outcome.elapsed_s)
    return sarif.write(Outcome(answers=(answer,), rules=outcome.rules))
