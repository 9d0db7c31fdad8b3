"""The page of a survey: the overview first, well-formed and closed, within its size, its picture within its frame."""

import re
from collections import Counter

import pytest
from msgspec.structs import replace

from gnomon.render.html.ecosystem.page import ecosystem_page
from gnomon.render.html.page import page
from gnomon.render.html.propagation.layout import MOST_DRAWN, plan
from tests.render.html.contents_sample import ESCAPES, contents
from tests.render.html.ecosystem_sample import SAMPLE, many, member, passage
from tests.render.html.ecosystem_sample import hostile as hostile_survey
from tests.render.html.test_page import root_of


def text_of(document: bytes) -> str:
    """All that can be read."""
    return " ".join(" ".join(root_of(document).itertext()).split())


def test_the_overview_comes_first():
    """How much is flawed in a sentence, then the packages, the propagation, the ranked list, and the rest."""
    root = root_of(ecosystem_page(SAMPLE))

    assert [each.get("id") for each in root.iter("section")] == [
        "summary", "packages", "propagation", "standing", "families",
    ]  # fmt: skip
    assert (
        next(root.iter("h2")).text
        == "2 of 4 packages have flawed code in the newest release looked at; in 1 of them any host can reach it."
    )
    text = text_of(ecosystem_page(SAMPLE))
    assert "Incomplete: 1 target could not be read" in text
    assert "unknown scan has no finding there" in text
    assert "critical any host, no authentication" in text
    assert "Not shown: 1 doubtful edge" in text


def test_the_page_is_as_closed_as_every_other():
    """The same head, policy and script as a report's page."""
    head = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]+"/>')

    assert head.findall(ecosystem_page(SAMPLE).decode()) == head.findall(page(contents()).decode())


@pytest.mark.parametrize("survey", [SAMPLE, hostile_survey(ESCAPES)])
def test_it_is_well_formed_and_linked_within_itself(survey):
    """Whatever the names are: no markup comes from them, and each link leads to a place of the page or a publisher."""
    root = root_of(ecosystem_page(survey))

    ids = Counter(each.get("id") for each in root.iter() if each.get("id"))
    links = {each.get("href") for each in root.iter("a")}
    assert set(ids.values()) == {1}
    assert {link[1:] for link in links if link.startswith("#")} <= ids.keys()
    assert all(re.match(r"#|https://(www\.cve\.org|github\.com|osv\.dev)/", link) for link in links)
    assert len(list(root.iter("script"))) == 1


def test_a_large_survey_stays_small():
    """1,000 packages and 10,000 places: below 2 MB, most of it folded, with what is left out said."""
    document = ecosystem_page(many(1_000, 10_000))

    assert len(document) < 2_000_000
    text = text_of(document)
    assert "and 9,350 more places; ecosystem.json lists all." in text
    assert len(list(root_of(document).iter("details"))) > 8


def test_what_a_survey_without_flaws_says():
    """No empty table, no empty picture."""
    summary = replace(SAMPLE.summary, flawed_packages=0, failed=0)
    clean = replace(
        SAMPLE, summary=summary, packages=SAMPLE.packages[3:], standing=(), projects=(), passages=(), families=()
    )
    root = root_of(ecosystem_page(clean))

    assert [each.get("id") for each in root.iter("section")] == ["summary", "packages"]
    assert next(root.iter("h2")).text.startswith("None of 4 packages has flawed code")


def test_projects_stand_to_the_right_of_their_sources():
    """In columns by remove, none over another, all within the frame; a circle is no way out."""
    names = ("a", "b", "c", "d")
    ways = (passage("a", "b"), passage("b", "c"), passage("a", "d"), passage("c", "a", "low"))
    made = plan(replace(SAMPLE, projects=tuple(map(member, names)), passages=ways))
    at = {spot.member.name: (spot.x, spot.y) for spot in made.spots}

    assert at["a"][0] < at["b"][0] == at["d"][0] < at["c"][0]
    assert len(set(at.values())) == len(names)
    assert all(
        0 < x < spot.end < made.width and 0 < y < made.height for spot in made.spots for x, y in [(spot.x, spot.y)]
    )
    assert len(made.passages) == len(ways)


def test_a_picture_of_many_projects_has_the_most_connected():
    """At most so many; how many are left out is told."""
    made = plan(many(500, 1))

    assert 30 < len(made.spots) <= MOST_DRAWN
    assert made.left_out == 500 - len(made.spots)
