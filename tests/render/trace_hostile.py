"""Outcomes of a trace full of text that wants to be obeyed."""

from hypothesis import strategies as st

from gnomon.core.finding import Skipped
from gnomon.core.lineage import Attribution, Clue, Copy, Edge, Lineage, Moment, Node, Traced
from gnomon.core.severity import Confidence
from gnomon.render.tone import WORST_FIRST
from gnomon.render.trace_outcome import TraceOutcome
from tests.render.hostile import TEXTS
from tests.render.trace_sample import BEGAN

DAYS = ["2024-01-31", "2024-02-01", "2024-11-11", "2025-07-01", "0001-01-01", "9999-12-31"]
_DATES = st.sampled_from(["", *DAYS]) | TEXTS
_IDS = st.sampled_from(["a", "b", "c", "d", "\x1b[2J", "]]>"])
_STATES = st.sampled_from(WORST_FIRST)
_SIMILARITIES = st.floats(0, 1)
_NUMBERS = st.integers(0, 9)


def tuples(of: st.SearchStrategy, most: int) -> st.SearchStrategy:
    """Tuples of at most that many."""
    return st.lists(of, max_size=most).map(tuple)


_COPIES = st.builds(
    Copy,
    signature=TEXTS,
    title=TEXTS,
    origin=TEXTS,
    advisories=tuples(TEXTS, 2),
    path=TEXTS,
    qualname=TEXTS,
    line=_NUMBERS,
    end_line=_NUMBERS,
    shared=_NUMBERS,
    of=_NUMBERS,
    similarity=_SIMILARITIES,
    state=_STATES,
    reason=TEXTS,
    attribution=st.none()
    | st.builds(Attribution, line=_NUMBERS, text=TEXTS, project=TEXTS, path=TEXTS, revision=TEXTS),
    is_origin=st.booleans(),
)
_TRACED = st.builds(
    Traced,
    target=TEXTS,
    digest=TEXTS,
    copies=tuples(_COPIES, 2),
    files=_NUMBERS,
    functions=_NUMBERS,
    skipped=tuples(st.builds(Skipped, path=TEXTS, reason=TEXTS), 2),
    excluded=tuples(TEXTS, 2),
)
_NODES = st.builds(
    Node,
    id=_IDS,
    project=st.sampled_from(["p", "q/r", "</text>"]) | TEXTS,
    qualname=TEXTS,
    path=TEXTS,
    moments=tuples(
        st.builds(Moment, label=TEXTS, date=_DATES, state=_STATES, reason=TEXTS, path=TEXTS, line=_NUMBERS), 4
    ),
    first_seen=_DATES,
    first_seen_basis=TEXTS,
)
_EDGES = st.builds(
    Edge,
    source=_IDS,
    target=_IDS,
    similarity=_SIMILARITIES,
    shared=_NUMBERS,
    of=_NUMBERS,
    confidence=st.sampled_from(Confidence),
    clues=tuples(
        st.builds(Clue, kind=st.sampled_from(["attribution", "dates", "similarity", "rare-code"]), note=TEXTS),
        2,
    ),
)
LINEAGES = st.builds(Lineage, nodes=tuples(_NODES, 6), edges=tuples(_EDGES, 6))
OUTCOMES = st.builds(
    TraceOutcome,
    traced=st.lists(_TRACED, min_size=1, max_size=2).map(tuple),
    lineage=st.none() | LINEAGES,
    began=st.just(BEGAN),
    elapsed_s=st.just(0.5),
    tool_version=TEXTS,
    pack_version=TEXTS,
    signatures=_NUMBERS,
)
