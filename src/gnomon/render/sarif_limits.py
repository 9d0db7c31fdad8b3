"""How much of a SARIF file GitHub's code scanning takes, and what is left out of one to stay within that.

https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif/results-exceed-limit has two limits for
most things. Beyond the first GitHub drops what it likes, beyond the second it refuses the file. Ours are the first
ones: then we say what is missing.
"""

from collections.abc import Sequence

from gnomon.core.site import Step
from gnomon.render.page import counted

RESULTS = 5_000
"""Of a run; refused beyond 25,000."""
STEPS = 1_000
"""Of a result's flow; refused beyond 10,000."""
TAGS = 10
"""Of a rule; refused beyond 20."""
GZIPPED_BYTES = 10_000_000
"""Of a file as it is uploaded; refused beyond."""


def ends(flow: Sequence[Step]) -> Sequence[Step]:
    """The flow, without its middle if it is too long: source and sink stay."""
    return flow if len(flow) <= STEPS else (*flow[: STEPS // 2], *flow[-STEPS // 2 :])


def fewer(results: int, document: bytes) -> int:
    """How many results of a run fit, given the document with `results` of them; the same number if all do."""
    if len(document) <= GZIPPED_BYTES:
        return results
    import gzip

    size = len(gzip.compress(document, compresslevel=6, mtime=0))
    return results if size <= GZIPPED_BYTES else results * GZIPPED_BYTES // size * 9 // 10


def left_out(results: int, flows: int) -> str:
    """One sentence about results that are missing and flows that were shortened; "" if there are none."""
    what = [f"{counted(results, 'result')}, the mildest"] if results else []
    what += [f"the middle of {counted(flows, 'long flow')}"] if flows else []
    if not what:
        return ""
    return f"Left out: {' and '.join(what)}. Code scanning takes no more; --format json has no limit."
