"""A lineage is told as trees, whatever the edges look like."""

from hypothesis import given

from gnomon.core.lineage import Lineage
from gnomon.core.severity import Confidence
from gnomon.render.family import families, unsafe_members
from tests.render.trace_hostile import LINEAGES
from tests.render.trace_sample import LINEAGE, edge, node

A, B, C, D = (node(name, name, "f", seen=f"2024-0{at}-01") for at, name in enumerate("abcd", start=1))


@given(lineage=LINEAGES)
def test_every_node_is_in_one_family_once(lineage):
    """Circles, edges to nowhere and doubled ids lose nothing, and each copy comes after its source."""
    members = [member for family in families(lineage) for member in family]

    assert sorted(id(member.node) for member in members) == sorted(map(id, lineage.nodes))
    places = {id(member.node): at for at, member in enumerate(members)}
    assert all(places[id(each.source)] < places[id(each.node)] for each in members if each.source)


def test_a_copy_stands_below_its_surest_source():
    """Confidence decides, then similarity; the others are kept as further ones."""
    lineage = Lineage(
        nodes=(D, C, B, A),
        edges=(
            edge("a", "d", 1.0, Confidence.LOW),
            edge("b", "d", 0.8, Confidence.HIGH),
            edge("c", "d", 0.9, Confidence.HIGH),
        ),
    )

    [family] = families(lineage)

    assert [(each.node.id, each.source.id if each.source else "") for each in family] == [
        ("a", ""),
        ("b", ""),
        ("c", ""),
        ("d", "c"),
    ]
    assert [source.id for _, source in family[-1].further] == ["b", "a"]


def test_the_oldest_of_a_circle_is_its_root():
    """Code that each project seems to have from the other is told from the one that had it first."""
    circle = Lineage(nodes=(B, A), edges=(edge("a", "b", 1, Confidence.HIGH), edge("b", "a", 1, Confidence.HIGH)))

    [family] = families(circle)

    assert [member.node.id for member in family] == ["a", "b"]
    assert [source.id for _, source in family[0].further] == ["b"]


def test_the_oldest_family_comes_first_and_the_undated_last():
    """Roots and children by the first day that is known of them."""
    lost = node("lost", "lost", "f")

    found = families(Lineage(nodes=(lost, C, B), edges=()))

    assert [family[0].node.id for family in found] == ["b", "c", "lost"]


def test_unsafe_code_is_ranked_by_its_state():
    """Reintroduced and unfixed before moved, gated and mitigated; safe and unknown states are not in it."""
    states = [member.node.state for member in unsafe_members(LINEAGE)]

    assert list(dict.fromkeys(states)) == ["reintroduced", "unfixed", "moved", "gated", "mitigated"]
