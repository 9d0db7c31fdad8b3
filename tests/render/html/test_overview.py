"""A lineage made smaller: the worst is kept, and nothing is told that was not in it."""

from collections import Counter

from msgspec.structs import replace

from gnomon.core.lineage import Lineage
from gnomon.render.html.lineage.overview import MOST_MOMENTS, by_project, thinned, worst
from tests.render.html.pictures_sample import large
from tests.render.trace_sample import LINEAGE, node


def test_a_project_is_as_bad_as_its_worst_place():
    """Its row says how many places it has, and each day how many were in which state."""
    overview = by_project(LINEAGE, 100)

    counts = Counter(each.project for each in LINEAGE.nodes)
    assert {each.project: each.qualname for each in overview.nodes} == {
        project: f"{count} place{'s' if count > 1 else ''}" for project, count in counts.items()
    }
    [vllm] = [each for each in overview.nodes if each.project == "vllm-project/vllm"]
    assert vllm.moments[-1].reason == "1 gated, 1 mitigated, 1 removed"
    assert vllm.state == "gated"
    assert [moment.date for moment in vllm.moments] == sorted(moment.date for moment in vllm.moments)
    assert all(edge.source != edge.target for edge in overview.edges)


def test_the_worst_are_kept():
    """Of projects and of places; what is fixed goes first."""
    bad, good = (
        node(name, name, "f", ("1", "2025-01-01", state)) for name, state in (("b", "unfixed"), ("g", "fixed"))
    )
    lineage = Lineage(nodes=(good, bad), edges=())

    assert [each.project for each in by_project(lineage, 1).nodes] == ["b"]
    assert worst(lineage, 1).nodes == (bad,)


def test_moments_that_change_something_stay():
    """The first, the last and each new state; of the others some, as they come."""
    [first, *_] = large(1).nodes
    states = ["unfixed"] * 40 + ["mitigated"] * 40 + ["fixed"]
    moments = tuple(replace(first.moments[0], state=state, label=str(at)) for at, state in enumerate(states))

    shown, hidden = thinned(Lineage(nodes=(replace(first, moments=moments),), edges=()))

    kept = [int(moment.label) for moment in shown.nodes[0].moments]
    assert {0, 40, 80} <= set(kept)
    assert kept == sorted(kept)
    assert MOST_MOMENTS - 3 <= len(kept) <= MOST_MOMENTS
    assert hidden == 81 - len(kept)
    assert thinned(LINEAGE) == (LINEAGE, 0)
